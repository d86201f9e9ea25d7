"""The topic `spectrum`."""
