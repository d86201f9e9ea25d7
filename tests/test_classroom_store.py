"""The verdict store and the sharing out of work, without nbgrader and without judging."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from specimens_of_verdicts import passed_task

from graders.classroom import store as store_module
from graders.classroom.local_processes import local_processes
from graders.classroom.pool import Crew, batches
from graders.classroom.store import Ruling, VerdictStore, key_of
from graders.course import topic
from graders.course.whole_files import write_whole
from graders.judge.verdict import TaskVerdict, Verdict

GOOD = Verdict("derivatives/hessian", "confined", 0, (passed_task("hessian", 7.0),))
FAULTY = Verdict("derivatives/hessian", "confined", 0, (TaskVerdict("hessian", 0, 7, True, ()),))
DIGEST = "0" * 64


def test_a_verdict_comes_back_as_it_was_put(tmp_path: Path) -> None:
    store = VerdictStore(tmp_path)
    store.put("abc", GOOD)
    found = store.get("abc")
    assert found is not None
    assert found.to_json() == GOOD.to_json()
    assert store.points("abc") == (GOOD.score, GOOD.max_score)
    assert store.get("other") is None and store.points("other") is None


def test_a_verdict_that_is_the_graders_fault_is_not_kept(tmp_path: Path) -> None:
    store = VerdictStore(tmp_path)
    store.put("abc", FAULTY)
    assert store.get("abc") is None


@pytest.mark.parametrize("damage", ["", "{", '{"topic": 1}', "[]", "null", GOOD.to_json()[:-9]])
def test_a_damaged_file_is_no_verdict(tmp_path: Path, damage: str) -> None:
    store = VerdictStore(tmp_path)
    store.put("abc", GOOD)
    (path,) = tmp_path.rglob("*.json")
    path.write_text(damage, encoding="utf-8")
    assert store.get("abc") is None and store.points("abc") is None


def test_a_write_that_is_cut_off_leaves_the_old_file_and_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "verdict.json"
    write_whole(path, "old")

    def cut_off(_descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", cut_off)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["verdict.json"]


def _write_often(path: Path) -> None:
    for number in range(50):
        write_whole(path, str(number) * 10_000)


def test_writers_at_once_never_leave_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "verdict.json"
    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(_write_often, path) for _ in range(4)]:
            done.result()
    assert path.read_text(encoding="utf-8") == "49" * 10_000


def test_the_key_depends_on_everything_that_a_verdict_does(monkeypatch: pytest.MonkeyPatch) -> None:
    hessian, hvp = topic("hessian"), topic("hvp")
    keys = {
        key_of(DIGEST, hessian, Ruling()),
        key_of("1" * 64, hessian, Ruling()),
        key_of(DIGEST, hvp, Ruling()),
        key_of(DIGEST, hessian, Ruling(seed=1)),
        key_of(DIGEST, hessian, Ruling(isolation="process")),
    }
    monkeypatch.setattr(store_module, "_torch", lambda: "0.0")
    keys.add(key_of(DIGEST, hessian, Ruling()))
    monkeypatch.setattr(store_module, "graders_fingerprint", lambda _topic: "other graders")
    keys.add(key_of(DIGEST, hessian, Ruling()))
    assert len(keys) == 7


@pytest.mark.parametrize(("count", "jobs"), [(0, 1), (1, 2), (20, 2), (500, 2), (1000, 8)])
def test_batches_hold_every_item_once_and_no_group_is_mixed(count: int, jobs: int) -> None:
    groups = [[f"{name}{number}" for number in range(count)] for name in "ab"]
    cut = list(batches(groups, jobs))
    assert [item for batch in cut for item in batch] == groups[0] + groups[1]
    assert all(len({item[0] for item in batch}) == 1 for batch in cut)
    assert all(len(batch) <= 16 for batch in cut)
    assert len(cut) >= min(2 * count, jobs)


def _double(batch: Sequence[int]) -> list[int]:
    """Work that some items end the process of, as a crash of the interpreter would."""
    if -1 in batch:
        os._exit(9)
    return [2 * item for item in batch]


def _start(executor: Executor, batch: Sequence[int]) -> Future[Any]:
    return executor.submit(_double, list(batch))


def test_an_item_that_kills_its_process_costs_no_other_item_its_result() -> None:
    items = [*range(20), -1, *range(20, 40)]
    with local_processes(2) as make, Crew(make, 2) as crew:
        done = list(crew.run([items], _start))
    assert Counter(one.item for one in done) == Counter(items)
    assert {one.item: one.result for one in done if not one.fault} == {
        item: 2 * item for item in range(40)
    }
    (lost,) = [one for one in done if one.fault]
    assert lost.item == -1
    assert "lost" in lost.fault


def test_any_executor_will_do() -> None:
    with Crew(lambda: ThreadPoolExecutor(2), 2) as crew:
        done = list(crew.run([range(10), range(10, 20)], _start))
    assert sorted(one.result for one in done) == [2 * item for item in range(20)]


def _ask_for_trouble(_batch: Sequence[int]) -> list[int]:
    raise ZeroDivisionError


def test_an_error_in_our_own_code_is_not_tried_again() -> None:
    with Crew(lambda: ThreadPoolExecutor(1), 1) as crew, pytest.raises(ZeroDivisionError):
        list(crew.run([range(3)], lambda pool, batch: pool.submit(_ask_for_trouble, batch)))
