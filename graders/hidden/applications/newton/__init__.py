"""The topic `newton`: steps by curvature, with the Hessian and without it."""

AFTER = "hvp"
