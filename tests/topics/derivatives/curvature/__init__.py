"""The topic `curvature`."""
