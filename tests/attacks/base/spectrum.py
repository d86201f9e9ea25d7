"""The honest half of a submission: `lanczos` is right where its values do not run together."""

import torch


def lanczos(matvec, v0, k):
    basis = [v0.flatten() / v0.norm()]
    matrix = v0.new_zeros(k, k)
    for j in range(k):
        w = matvec(basis[j].reshape(v0.shape)).flatten()
        matrix[j, j] = w @ basis[j]
        for q in [*basis, *basis]:
            w = w - (w @ q) * q
        if j + 1 < k:
            matrix[j, j + 1] = matrix[j + 1, j] = w.norm()
            basis.append(w / w.norm())
    values, vectors = torch.linalg.eigh(matrix)
    return values, vectors[0] ** 2
