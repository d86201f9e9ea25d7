"""Hints in steps for each task, and the problems that solutions are compared on."""
