"""The hidden tests of the assignment `derivatives`, one file for each topic."""
