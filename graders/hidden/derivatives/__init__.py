"""The assignment `derivatives`: one folder for each topic."""
