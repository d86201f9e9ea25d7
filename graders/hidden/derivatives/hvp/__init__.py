"""The topic `hvp`: what is checked, and by which problems, mistakes and hints."""

AFTER = "curvature"
