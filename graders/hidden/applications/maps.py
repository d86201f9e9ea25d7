"""Symmetric maps for problems of the assignment: matrices that are handed over as products."""

from __future__ import annotations

from functools import partial

from torch import Tensor

from graders.meter import Product


def product_with(matrix: Tensor, like: Tensor) -> Product:
    """Hand a matrix over as its product with vectors like `like`, of whatever shape that is.

    Whoever checks an answer finds the matrix in the `partial`, by its name.
    """
    return Product(partial(_multiply, matrix=matrix), like)


def _multiply(v: Tensor, matrix: Tensor) -> Tensor:
    return (matrix @ v.reshape(-1)).reshape(v.shape)
