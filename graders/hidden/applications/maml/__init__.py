"""The topic `maml`: the gradient through steps of a gradient."""

AFTER = "influence"
