"""Answers with two mistakes of the catalogue at once, as `dojo verify` makes them."""

from __future__ import annotations

from warm import SESSION

from graders import course
from graders.authoring.specimens import both_mistakes, catalogue
from graders.authoring.two_mistakes import compatible_pairs, name_pairs


def test_both_are_named_where_each_shows_by_itself() -> None:
    found = list(name_pairs(course.topic("spectrum"), "ggn_vp", 2))
    assert len(found) >= 2
    assert all(one.truly and len(one.told) == 2 for one in found)


def test_no_pair_is_made_of_mistakes_that_hide_each_other() -> None:
    assert compatible_pairs(course.topic("influence"), "leave_one_out_change") == []


def test_the_second_mistake_is_made_where_it_does_harm_and_the_first_elsewhere() -> None:
    topic = course.topic("curvature")
    listed = {one.name: one for one in catalogue(topic) if one.task == "classify_hessian"}
    pair = listed["semidefinite_is_definite"], listed["any_zero_is_degenerate"]
    with SESSION.judgement(both_mistakes(topic, *pair)) as judgement:
        judgement.run_all({"classify_hessian"})
        (asking,) = [one for one in judgement.askings if one.task.name == "classify_hessian"]
        said = {
            spec.name: getattr(asking.ask(spec).outcome, "value", None)
            for spec in asking.task.problems
        }
    assert said["corners_only"] == "degenerate"
    assert said["proportional_rows"] == "minimum"
    assert said["equal_diagonal"] == "saddle"
