"""A whole class at a time: judge every submission on many processes or machines, lose nothing."""

from graders.course.light_imports import import_jsonschema, import_nbgrader

import_jsonschema()
import_nbgrader()
