"""What the topic's notebook defines, for answers that are executed in a cell after it.

In the judge an answer finds these names in the cell; here they are for the linter, and for tests
that call an answer in this process.
"""

from __future__ import annotations

from typing import Any

from graders import course
from graders.checks.solution import reference_functions

_SOLUTION = reference_functions(course.topic("applications/influence"))

as_vector: Any = _SOLUTION["as_vector"]
shaped_like: Any = _SOLUTION["shaped_like"]
inverse_hvp: Any = _SOLUTION["inverse_hvp"]
influence_on_loss: Any = _SOLUTION["influence_on_loss"]
leave_one_out_change: Any = _SOLUTION["leave_one_out_change"]
