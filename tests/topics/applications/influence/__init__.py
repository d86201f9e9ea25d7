"""The topic `influence`."""
