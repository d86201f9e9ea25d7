"""An odd notebook is read or refused in a sentence, whatever stands in whatever place of it.

How such notebooks are graded and shown stands in test_hostile_class.py, where a class is graded.
"""

from __future__ import annotations

from class_of_students import REPOSITORY
from odd_notebooks_at_random import reading_faults, released_in


def test_reading_ends_in_cells_or_in_a_sentence() -> None:
    assert list(reading_faults(range(200), released_in(REPOSITORY))) == []
