"""What known mistakes gave is looked up, not run again; a file that is of no use costs nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest
import torch
from warm import SESSION

from graders.authoring import specimens
from graders.checks import kept_outcomes
from graders.checks.kept_outcomes import KeptOutcomes, kept_file
from graders.checks.mistakes import Mistake
from graders.checks.references import References
from graders.checks.solution import Solution
from graders.course import topic, topics
from graders.judge.declared import declared_tasks
from graders.judge.session import Session
from graders.sandbox.answers import Raised, Returned
from graders.sandbox.call import Call

JACOBIAN = topic("jacobian")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def runs() -> Iterator[mock.Mock]:
    """Count how often a known mistake is run."""
    real = Solution.outcome
    with mock.patch.object(Solution, "outcome", autospec=True, side_effect=real) as counted:
        yield counted


def asked(mistakes: int = 3) -> list[tuple[Mistake, Call]]:
    """Some mistakes of a task, each on all of its problems."""
    task = declared_tasks(JACOBIAN)[0]
    calls = [Call(JACOBIAN.path, task.name, one, task.given) for one in task.problems]
    return [(one, call) for one in task.mistakes[:mistakes] for call in calls]


def file_of() -> Path:
    path = kept_file(JACOBIAN, 0)
    assert path is not None
    return path


def outcomes(seed: int = 0) -> list[Returned | Raised]:
    references = References(JACOBIAN, seed)
    return [references.outcome_of(*one) for one in asked()]


def words(found: list[Returned | Raised]) -> list[str]:
    return [repr(one) for one in found]


def test_a_mistake_is_run_once_on_a_machine_and_gives_the_same_to_the_bit(runs: mock.Mock) -> None:
    first = outcomes()
    assert runs.call_count == len(first) > 10
    again = outcomes()
    assert runs.call_count == len(first)
    assert words(again) == words(first)
    for mine, theirs in zip(first, again, strict=True):
        if isinstance(mine, Returned) and isinstance(mine.value, torch.Tensor):
            assert isinstance(theirs, Returned) and torch.equal(mine.value, theirs.value)


def test_another_seed_and_other_graders_have_files_of_their_own(
    runs: mock.Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes()
    outcomes(seed=1)
    assert runs.call_count == 2 * len(asked())
    monkeypatch.setattr(kept_outcomes, "graders_fingerprint", lambda _topic: "changed")
    outcomes()
    assert runs.call_count == 3 * len(asked())


def test_no_file_says_for_which_seed_it_is_and_nobody_else_can_read_it(cache: Path) -> None:
    outcomes(seed=20261129)
    (file,) = cache.rglob("*.sqlite")
    assert "20261129" not in str(file) and b"20261129" not in file.read_bytes()
    assert file.parent.stat().st_mode & 0o077 == 0


def test_a_function_that_is_not_of_the_catalogue_is_always_run(runs: mock.Mock) -> None:
    outcomes()
    ((mistake, call), *_) = asked()
    other = replace(mistake, function=lambda *_given: 7)
    assert References(JACOBIAN, 0).outcome_of(other, call) == Returned(7)


@pytest.mark.parametrize("trouble", ["damaged", "a folder", "in the way", "of another form"])
def test_a_file_of_no_use_changes_nothing(
    trouble: str, cache: Path, runs: mock.Mock, caplog: pytest.LogCaptureFixture
) -> None:
    first = outcomes()
    file = file_of()
    if trouble == "damaged":
        file.write_bytes(b"no database " * 1000)
    elif trouble == "a folder":
        file.unlink()
        file.mkdir()
    elif trouble == "in the way":
        file.unlink()
        file.parent.rmdir()
        file.parent.write_text("")
    else:
        kept = kept_outcomes.sqlite3.connect(file)
        kept.execute("UPDATE outcomes SET data = '[]'")
        kept.commit()
    assert words(outcomes()) == words(first)
    assert runs.call_count == 2 * len(first)
    assert not caplog.records


def test_without_a_home_nothing_is_kept(
    runs: mock.Mock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_a, **_k: Path("~/.cache"))
    first = outcomes()
    assert words(outcomes()) == words(first)
    assert runs.call_count == 2 * len(first)
    assert [*tmp_path.iterdir()] == []


def test_what_cannot_be_written_is_only_not_kept(runs: mock.Mock) -> None:
    full = kept_outcomes.sqlite3.OperationalError("database or disk is full")
    with mock.patch.object(KeptOutcomes, "_open", side_effect=full):
        first = outcomes()
    assert runs.call_count == len(first)


def test_a_fork_leaves_the_file_to_the_process_that_opened_it() -> None:
    (mistake, call), *_ = asked()
    kept = KeptOutcomes(file_of())
    kept.put(mistake.name, call, Returned(7))
    assert kept.get(mistake.name, call) == Returned(7)
    child = os.fork()
    if child == 0:
        os._exit(kept.get(mistake.name, call) is not None)
    assert os.waitpid(child, 0)[1] == 0


def test_files_that_nobody_used_for_a_month_are_deleted(cache: Path) -> None:
    outcomes()
    folder = file_of().parent
    old, new = (folder / f"derivatives-jacobian-{name}.sqlite" for name in ("old", "new"))
    others = folder / "derivatives-hvp-old.sqlite"
    for path in (old, new, others):
        path.touch()
    for path in (old, others):
        os.utime(path, (0, 0))
    outcomes()
    assert not old.exists() and new.exists() and others.exists()


def test_of_a_topic_only_the_last_few_files_are_kept() -> None:
    outcomes()
    folder = file_of().parent
    now = file_of().stat().st_mtime
    for age in range(1, 12):
        path = folder / f"derivatives-jacobian-{age}.sqlite"
        path.touch()
        os.utime(path, (now - age, now - age))
    outcomes()
    assert len(list(folder.iterdir())) == 8
    assert file_of().exists() and (folder / "derivatives-jacobian-7.sqlite").exists()


def test_every_mistake_of_the_course_is_looked_up() -> None:
    """None is made by a helper of another module, which would always run."""
    for one in topics():
        modules = {mistake.function.__module__ for mistake in specimens.catalogue(one)}
        assert modules == {f"graders.hidden.{one.assignment}.{one.name}.mistakes"}


def values(*, practice: bool) -> list[torch.Tensor]:
    references = References(JACOBIAN, 0, practice=practice)
    return [references.value(call) for _, call in asked(mistakes=1)]


def test_expected_values_are_looked_up_for_practice_and_computed_for_grading() -> None:
    real = Solution.value
    with mock.patch.object(Solution, "value", autospec=True, side_effect=real) as runs:
        first = values(practice=True)
        assert runs.call_count == len(first) > 3
        again = values(practice=True)
        assert runs.call_count == len(first)
        anew = values(practice=False)
        assert runs.call_count == 2 * len(first)
    for mine, *others in zip(first, again, anew, strict=True):
        assert all(torch.equal(mine, one) and mine.dtype == one.dtype for one in others)


def test_a_change_of_the_solution_is_seen_by_who_practises(monkeypatch: pytest.MonkeyPatch) -> None:
    values(practice=True)
    monkeypatch.setattr(kept_outcomes, "graders_fingerprint", lambda _topic: "changed")
    with mock.patch.object(Solution, "value", autospec=True, return_value=torch.ones(1)):
        assert all(torch.equal(one, torch.ones(1)) for one in values(practice=True))


def test_verdicts_for_practice_are_those_of_grading_the_first_time_and_later() -> None:
    wrong = specimens.mistake_submission(JACOBIAN, specimens.catalogue(JACOBIAN)[0])
    for submission in (specimens.solution(JACOBIAN), wrong):
        found = []
        for practice in (False, True, True):
            # Not closed: the launcher is that of all tests.
            session = Session(launcher=SESSION.launcher, practice=practice)
            found.append(session.judge([submission], reveal=True)[0].to_json())
        assert found[0] == found[1] == found[2]
