"""The course as it stands on disk: its topics, where their parts lie, and how notebooks are read.

Nothing here imports torch or runs anything of a student's.
"""

from __future__ import annotations

from graders.course.errors import CourseError
from graders.course.topics import Task, Topic, assignment, root, topic, topics

__all__ = ["CourseError", "Task", "Topic", "assignment", "root", "topic", "topics"]
