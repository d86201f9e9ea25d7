"""`dojo watch` judges again what an edit may have changed, and tells what the whole file earns."""

from __future__ import annotations

from collections.abc import Iterator, Set
from pathlib import Path
from typing import Any

import pytest
from specimens_of_answers import TOPICS, code_of, one_spelling_each, right_answers
from warm import SESSION

from graders import course
from graders.course import Topic
from graders.course.submission import Submission, parse_submission
from graders.judge.verdict import Verdict
from graders.learners.once_more import OnceMore
from graders.learners.untouched import untouched

HELPED = "def helper(x):\n    return x\n\n\ndef hessian(func, inputs):\n    return helper(inputs)\n"


SHARED = """STATE = [1]


def gradient(func, inputs):
    STATE[0] = 1


def hessian(func, inputs):
    return STATE[0]
"""
PATCHED = """def gradient(func, inputs):
    torch.as_tensor = torch.as_tensor


def hessian(func, inputs):
    return torch.as_tensor(inputs)
"""


class Judge:
    """The warm judge of the tests, which notes what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[Set[str] | None] = []

    def judge(self, submission: Submission, seed: int, only: Set[str] | None = None) -> Verdict:
        self.asked.append(only)
        return SESSION.judge([submission], seed=seed, reveal=True, only=only)[0]


def script(topic: Topic, *more: str) -> str:
    return "\n\n# %%\n".join([topic.solution.read_text(encoding="utf-8"), *more])


def read(topic: Topic, text: str) -> Submission:
    return parse_submission(text.encode(), topic.solution.name, topic)


def versions(topic: Topic) -> Iterator[str]:
    """A learner's saves: the solution, a wrong answer to the first task, a right one, a comment."""
    yield script(topic)
    task = topic.tasks[0].name
    for answers in (one_spelling_each, right_answers):
        one = next(one for one in answers(topic.path) if one.task == task)
        code = code_of(one).replace(f"def {one.function.__name__}(", f"def {task}(")
        yield script(topic, code)
    yield script(topic, f"{code}# done\n")


@pytest.mark.parametrize("path", ["derivatives/jacobian", "derivatives/curvature"])
def test_save_after_save_the_verdict_is_that_on_the_whole_file(path: str, tmp_path: Path) -> None:
    topic = course.topic(path)
    judge: Any = Judge()
    once_more = OnceMore(judge, seed=0)
    file = tmp_path / topic.solution.name
    for number, text in enumerate(versions(topic)):
        file.write_text(text, encoding="utf-8")
        verdict, submission = once_more.judge_file(file, topic)
        (whole,) = SESSION.judge([submission], reveal=True)
        assert verdict.to_json() == whole.to_json(), number
    whole_file, wrong, right = judge.asked
    assert whole_file is None
    assert wrong == {task.name for task in topic.tasks}, "an import may fail"
    assert topic.tasks[0].name in right
    assert (right < wrong) is (path == "derivatives/jacobian"), "in curvature, one uses another"


def test_a_failed_task_is_judged_again_though_nothing_changed(tmp_path: Path) -> None:
    topic = course.topic("hessian")
    judge: Any = Judge()
    once_more = OnceMore(judge, seed=0)
    file = tmp_path / "hessian.py"
    file.write_text(topic.exercise.read_text(encoding="utf-8"), encoding="utf-8")
    for _ in range(2):
        once_more.judge_file(file, topic)
    assert judge.asked == [None, {"gradient", "hessian"}]


@pytest.mark.parametrize("path", TOPICS)
def test_a_changed_function_touches_its_own_task_and_not_every_other(path: str) -> None:
    topic = course.topic(path)
    before = read(topic, script(topic))
    changed = {
        task.name: untouched(before, read(topic, script(topic, f"def {task.name}(): pass")))
        for task in topic.tasks
    }
    assert all(name not in left for name, left in changed.items())
    assert any(left for left in changed.values())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (HELPED, f"import maths\n{HELPED}"),
        (HELPED, f"def another(x=typo):\n    return x\n\n\n{HELPED}"),
        (HELPED, f"another = typo\n{HELPED}"),
        (HELPED, HELPED.replace("return x", "return 2 * x")),
        (HELPED.replace("helper(inputs)", "globals()['helper'](inputs)"),) * 2,
        (HELPED, HELPED.replace("(func, inputs)", "(func, inputs=helper(1))")),
        (HELPED, HELPED.replace("(func, inputs)", "(func, inputs: helper(1))")),
        (HELPED, f"import functools\n\n\n@functools.cache\n{HELPED}"),
        (HELPED, f"{HELPED}\n\nhessian.strict = True\n"),
        (HELPED, f"{HELPED}\n\nhelper = hessian\n"),
        (HELPED, f"{HELPED}\n\nfrom math import *\n"),
        (HELPED, f"{HELPED}\n\n%timeit hessian\n"),
        (HELPED, f"{HELPED}\n\nhessian(\n"),
        (f"torch.manual_seed(0)\n{HELPED}", f"torch.manual_seed(1)\n{HELPED}"),
        (f"{HELPED}\n\nprint(helper(1))\n", f"print(helper(1))\n\n\n{HELPED}"),
        # Four of forty edits by somebody who had not seen how it is found out.
        (f"print(typo)\n{HELPED}", f"print(typo)\n\n# %%\n{HELPED}"),
        (f"int('x')\n\n# %%\n{HELPED}", f"int('x')\n{HELPED}"),
        (SHARED, SHARED.replace("STATE[0] = 1", "STATE[0] = 2")),
        (PATCHED, PATCHED.replace("= torch.as_tensor\n", "= abs\n")),
    ],
)
def test_what_may_change_a_function_touches_its_task(before: str, after: str) -> None:
    topic = course.topic("hessian")
    left = untouched(read(topic, script(topic, before)), read(topic, script(topic, after)))
    assert "hessian" not in left


@pytest.mark.parametrize(
    "after",
    [
        f"# why\n{HELPED}",
        HELPED.replace("\n\n\n", "\n\n\n\n"),
        HELPED.replace("return x", "return (x)  # itself"),
        f'"""A note."""\n\n{HELPED}',
        f"{HELPED}\n\nSMALL = 1e-9\n\n\ndef another(x=1e-9):\n    return SMALL\n",
    ],
)
def test_what_cannot_change_a_function_leaves_its_task_untouched(after: str) -> None:
    topic = course.topic("hessian")
    both = read(topic, script(topic, HELPED)), read(topic, script(topic, after))
    assert untouched(*both) == {"gradient", "hessian"}
