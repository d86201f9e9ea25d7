"""No answer is a fault of the grader, whatever type stands in whatever place of it."""

from __future__ import annotations

import logging

import pytest
from odd_answers_at_random import Unforeseen, faults, odd_submission
from specimens_of_answers import TOPICS
from warm import IMPATIENT, forked_session

from graders.course import topic

ROUNDS = 2


@pytest.mark.parametrize("name", TOPICS)
def test_an_odd_answer_is_told_and_never_a_person_s_work(name: str) -> None:
    unforeseen = Unforeseen()
    logging.getLogger("graders").addHandler(unforeseen)
    found = []
    try:
        with forked_session(limits=IMPATIENT) as session:
            for seed in range(ROUNDS):
                (verdict,) = session.judge([odd_submission(topic(name), seed)])
                found += [f"seed {seed}: {fault}" for fault in faults(verdict)]
    finally:
        logging.getLogger("graders").removeHandler(unforeseen)
    assert found + unforeseen.found == []
