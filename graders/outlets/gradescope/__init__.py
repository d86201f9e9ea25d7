"""Gradescope: the zip that an instructor uploads, and what its harness runs for a submission."""
