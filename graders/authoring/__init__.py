"""For whoever writes the course: make the student versions, and prove the graders."""

from graders.course.light_imports import import_jsonschema

import_jsonschema()
