"""What any task may meet is named where its own catalogue has no mistake of that symptom."""

from __future__ import annotations

import pytest
from specimens_of_answers import with_answer_changed
from warm import SESSION

from graders import course
from graders.authoring.specimens import solution
from graders.checks.general_mistakes import GENERAL

UNUSED = (
    "torch.autograd.grad(torch.ones(1, requires_grad=True).sum(), "
    "torch.ones(1, requires_grad=True))"
)
# What is done with a right answer `r`, and with the arguments it was asked by.
DONE = {
    "inside_a_tuple": ("hessian", "gradient", "(r,)"),
    "number_for_tensor": ("spectrum", "power_iteration", "(r[0].item(), r[1], r[2].item())"),
    "none_for_zeros": (
        "maml",
        "first_order_maml_gradient",
        "tuple(g if bool(g.any()) else None for g in r)",
    ),
    "list_for_tuple": ("spectrum", "lanczos", "[*r]"),
    "one_tensor_for_tuple": ("spectrum", "lanczos", "r[0]"),
    "short_axes_lost": ("newton", "newton_cg_step", "r.squeeze()"),
    "complex_numbers": ("newton", "newton_step", "r + 0j"),
    "in_float32": ("newton", "newton_step", "r.float()"),
    "inputs_changed": ("newton", "newton_step", "[r, given[1].add_(1)][0]"),
    "inputs_marked": ("spectrum", "ggn_vp", "[r, given[2].requires_grad_()][0]"),
    "another_tensor_marked": ("newton", "newton_step", f"[r, {UNUSED}][0]"),
    "unused_refused": ("newton", "newton_step", f"r if r.any() else {UNUSED}"),
}


@pytest.mark.parametrize("name", DONE)
def test_a_general_mistake_is_named(name: str) -> None:
    topic, task, done = DONE[name]
    changed = with_answer_changed(course.topic(topic), task, done)
    with SESSION.judgement(changed) as judgement:
        judgement.run_all({task})
        (judged,) = judgement.verdict(SESSION.launcher.isolation).tasks
    assert judged.first_failure is not None
    assert judged.first_failure.mistakes == (name,)


def test_a_name_that_a_catalogue_shares_means_the_same() -> None:
    symptoms = {one.name: one.symptom for one in GENERAL.values()}
    assert len(symptoms) == len(GENERAL)
    for topic in course.topics():
        with SESSION.judgement(solution(topic)) as judgement:
            listed = [one for each in judgement.askings for one in each.task.mistakes]
        for one in listed:
            assert symptoms.get(one.name, one.symptom) is one.symptom, one
