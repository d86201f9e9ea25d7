"""The topic `newton`."""
