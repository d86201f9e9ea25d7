"""The topic `jacobian`."""
