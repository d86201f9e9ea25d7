"""The topic `hessian`."""
