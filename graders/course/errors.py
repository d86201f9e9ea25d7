"""What the course tells whoever asked for something that is not there."""

from __future__ import annotations


class CourseError(Exception):
    """The course, or what was asked of it, is not right; the message says what and what to do."""
