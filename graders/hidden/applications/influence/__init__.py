"""The topic `influence`: which training example is to blame."""

AFTER = "newton"
