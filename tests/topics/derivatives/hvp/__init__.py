"""The topic `hvp`."""
