"""The verdict in nbgrader: gradebook, formgrader and feedback. `nbgrader_config.py` plugs it in."""

from graders.course.light_imports import import_nbgrader

import_nbgrader()
