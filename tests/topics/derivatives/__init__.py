"""The assignment `derivatives`."""
