"""The topic `curvature`: what is checked, and by which problems, mistakes and hints."""

AFTER = "hessian"
