"""What is refused, the reference refuses, with the word that is asked for."""

from __future__ import annotations

import pytest
from reference_answers import answer, build

from graders.hidden.derivatives.curvature.problems.matrices import REFUSED_PROBLEMS
from graders.sandbox.problem import Spec
from topics.derivatives.curvature import matrices


@pytest.mark.parametrize("which", REFUSED_PROBLEMS, ids=str)
def test_the_reference_refuses_what_has_no_real_eigenvalues(which: Spec) -> None:
    assert which.name in matrices.REFUSED
    shape = build("eigenvalues", which).values["matrix"].shape
    with pytest.raises(ValueError, match="symmetric" if shape[0] == shape[1] else "square"):
        answer("eigenvalues", build("eigenvalues", which))
