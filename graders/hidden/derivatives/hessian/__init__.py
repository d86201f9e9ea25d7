"""The topic `hessian`: what is checked, and by which problems, mistakes and hints."""

AFTER = "jacobian"
