"""A sample class to try the course on: who hands in what, and the whole cycle of grading it."""
