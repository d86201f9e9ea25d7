"""The problems of `hvp`: functions of their inputs, and losses of their parameters."""
