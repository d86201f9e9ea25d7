"""What the topic's solution defines, for answers that are executed in a cell after it.

In the judge an answer finds these names in the cell; here they are for the linter, and for tests
that call an answer in this process.
"""

from __future__ import annotations

from typing import Any

from graders import course
from graders.checks.solution import reference_functions

_SOLUTION = reference_functions(course.topic("applications/maml"))

as_vector: Any = _SOLUTION["as_vector"]
like: Any = _SOLUTION["like"]
gradient: Any = _SOLUTION["gradient"]
hvp: Any = _SOLUTION["hvp"]
conjugate_gradient: Any = _SOLUTION["conjugate_gradient"]
inner_update: Any = _SOLUTION["inner_update"]
maml_gradient: Any = _SOLUTION["maml_gradient"]
