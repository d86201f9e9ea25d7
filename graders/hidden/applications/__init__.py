"""The assignment `applications`: one folder for each topic."""
