"""What kind of point each critical-point problem holds, worked out by hand."""

from __future__ import annotations

CLASSES = {
    # H = [[2, 4], [4, 2]] has the eigenvalues -2 and 6.
    "steep_diagonal": "saddle",
    "steep_diagonal(float32)": "saddle",
    # ∇f = (2x, 2y).
    "round_square(x=2.0, y=2.0)": "not critical",
    "round_square(x=-3.0, y=0.0)": "not critical",
    "round_square(x=0.0, y=-3.0)": "not critical",
    "round_square(x=2.0, y=-2.0)": "not critical",
    # ∇f = (3x² - 3, 3y² - 3) and H = diag(6x, 6y).
    "two_cubics(x=1.0, y=1.0)": "minimum",
    "two_cubics(x=-1.0, y=-1.0)": "maximum",
    "two_cubics(x=1.0, y=-1.0)": "saddle",
    # H = diag(2, 0) for both signs.
    "square_and_fourth_power(sign=1)": "degenerate",
    "square_and_fourth_power(sign=-1)": "degenerate",
    # H = diag(2, -2, 0).
    "two_squares_and_fourth_power": "saddle",
    # H = [[6x, -6y], [-6y, -6x]] = 0 at the origin.
    "three_legs": "degenerate",
    # f = a² + 2bc + d²: the eigenvalues are 2, 2, 2 and -2.
    "trace_of_square": "saddle",
    # H = -I - ¼ 1 1ᵀ: the eigenvalues are -1 five times and -5/2.
    "cosines_on_a_matrix": "maximum",
    # ∇f = 1.2 · offset in each of four entries, H = 1.2 · I.
    "just_beside(offset=4e-07)": "minimum",
    "just_beside(offset=7e-07)": "minimum",
    "just_beside(offset=1e-06)": "not critical",
    # H = [[802, -400], [-400, 200]]: determinant 400, trace 1002.
    "narrow_valley": "minimum",
    # H = diag(2, 2 · 10⁻¹⁰), and the limit of float64 is 2 · 2.2e-16 · 2.
    "uneven_bowl": "minimum",
    # ∇f = (1, 2) everywhere.
    "tilted_plane": "not critical",
    # H = diag(0, -2).
    "trained_ridge": "degenerate",
    # The slope is 10⁻⁶, which is not above 10⁻⁶.
    "one_slope_above_the_limit": "not critical",
    "slopes_beside_large_numbers": "not critical",
    "slope_at_the_limit": "minimum",
    "penalty_alone": "degenerate",
    # H = diag(w), as (log cosh)'' = 1 - tanh² is 1 at 0, and w > 0.
    "log_cosh_on_a_block": "minimum",
    # f'' = -cosh is -1 at 0.
    "single_number": "maximum",
    # H = 0.
    "level_ground": "degenerate",
}
"""What `classify_critical_point` must say, by the name of the problem with its parameters."""
