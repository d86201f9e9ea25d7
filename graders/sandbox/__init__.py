"""Run a student's function apart: what crosses is data, what runs it is confined and counted."""
