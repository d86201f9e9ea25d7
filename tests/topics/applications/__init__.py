"""The assignment `applications`."""
