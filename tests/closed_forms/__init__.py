"""Derivatives of the graders' problems, worked out by hand and written down as formulas.

No file here differentiates anything by machine: two automatic methods would share their bugs.
"""
