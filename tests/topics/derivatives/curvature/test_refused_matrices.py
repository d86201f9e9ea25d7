"""What is refused, the reference refuses, with the word that is asked for."""

from __future__ import annotations

import pytest
from reference_answers import answer, build

from graders.hidden.derivatives.curvature.problems.matrices import (
    REFUSED_ON_THE_WAY,
    REFUSED_PROBLEMS,
)
from graders.sandbox.spec import Spec
from topics.derivatives.curvature import matrices


@pytest.mark.parametrize("which", REFUSED_PROBLEMS, ids=str)
def test_the_reference_refuses_what_has_no_real_eigenvalues(which: Spec) -> None:
    assert which.name in matrices.REFUSED
    shape = build("eigenvalues", which).values["matrix"].shape
    word = "symmetric" if len(shape) == 2 and shape[0] == shape[1] else "square"
    with pytest.raises(ValueError, match=word):
        answer("eigenvalues", build("eigenvalues", which))


@pytest.mark.parametrize("which", REFUSED_ON_THE_WAY, ids=str)
def test_the_reference_gives_no_class_to_what_has_no_real_eigenvalues(which: Spec) -> None:
    assert which in REFUSED_PROBLEMS
    with pytest.raises(ValueError):
        answer("classify_hessian", build("classify_hessian", which))
