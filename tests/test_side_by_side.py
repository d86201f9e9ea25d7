"""Whatever one worker does with threads, the one beside it has its share of the machine."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path

import pytest
from confined import NOBODY, USERS, command, run

if sys.platform != "linux":
    pytest.skip("confinement needs Linux", allow_module_level=True)

from graders.sandbox import layers as names
from graders.sandbox.confine.apart import _WHY_NO_AUTOGROUP, _in_a_group_of_the_processor
from graders.sandbox.confine.neighbours import THREADS
from graders.sandbox.layers import Layer, gaps, missing

_LEFT = """
nest()
from dataclasses import asdict
from graders.sandbox.confine.neighbours import left_beside_a_crowd
policy = attempts.default_policy(frozenset(given["without"]))
if given["shared"]:
    policy = replace(policy, user=policy.user and given["shared"])
print(json.dumps(asdict(left_beside_a_crowd(policy))))
"""
# Equal parts would be 0.5, and 1 in 22 where threads are what counts.
FAIR = 0.25

needs_autogroup = pytest.mark.skipif(bool(_WHY_NO_AUTOGROUP), reason=_WHY_NO_AUTOGROUP)


@cache
def left_to_a_neighbour(user: str) -> dict[str, float]:
    return run(command(_LEFT, user, without=[], shared=None))


@pytest.mark.parametrize("user", USERS)
def test_a_crowd_of_threads_leaves_its_neighbour_as_many(user: str) -> None:
    assert left_to_a_neighbour(user)["threads"] == THREADS


@needs_autogroup
@pytest.mark.parametrize("user", USERS)
def test_a_crowd_of_threads_leaves_its_neighbour_a_processor(user: str) -> None:
    assert left_to_a_neighbour(user)["share"] > FAIR


@pytest.mark.parametrize("user", USERS)
def test_without_these_two_layers_it_does_not(user: str) -> None:
    left = run(command(_LEFT, user, without=names.FAIRNESS, shared=NOBODY))
    assert left["threads"] < THREADS
    assert left["share"] < FAIR


_FEW_USERS = """
become = os.setresuid
def setresuid(*users):
    if given["wanted"] in users:
        raise OSError(22, "Invalid argument")
    become(*users)
os.setresuid = setresuid
"""
_NUMBERS = """
nest()
policy = replace(attempts.default_policy(), user=given["wanted"])
print(json.dumps([in_child(os.getuid, policy) for _ in range(2)]))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")
def test_a_worker_of_root_becomes_the_user_that_was_drawn_for_it() -> None:
    (user, layers), _ = run(command(_NUMBERS, wanted=1_900_000_000))
    assert user == 1_900_000_000
    assert [names.PROCESS_COUNT, True, "user 1900000000 is nobody else's"] in layers


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")
def test_where_a_number_stands_for_no_user_there_is_nobody_and_a_namespace() -> None:
    (user, layers), _ = run(command(_FEW_USERS + _NUMBERS, wanted=1_900_000_000))
    assert user == NOBODY
    assert [names.PROCESS_COUNT, True, "a user namespace of its own"] in layers


def test_a_machine_without_them_may_grade_and_says_what_is_missing() -> None:
    layers = tuple(Layer(name, False, "not here") for name in names.FAIRNESS)
    assert missing(layers) == layers
    assert gaps(layers) == ()
    assert gaps((Layer(names.SECCOMP, False, "not here"),)) != ()


@pytest.mark.parametrize("name", names.COVERED)
def test_what_an_older_kernel_lacks_may_be_missing_where_all_that_covers_for_it_is_there(
    name: str,
) -> None:
    gone = Layer(name, False, "an older kernel")
    others = [Layer(one, True, "") for one in sorted(names.COVERED[name])]
    assert missing((gone, *others)) == (gone,)
    assert gaps((gone, *others)) == ()
    for one in others:
        assert gone in gaps((gone, *(other for other in others if other is not one)))


@pytest.mark.parametrize(
    ("memberships", "folder", "has_the_say"),
    [
        ("2:cpu,cpuacct:/\n0::/\n", "", False),
        ("2:cpu,cpuacct:/docker/1\n0::/\n", "", True),
        ("2:memory:/a\n0::/\n", "", False),
        ("0::/user.slice/one.scope\n", "", False),
        ("0::/user.slice/one.scope\n", "user.slice", True),
        ("0::/\n", ".", True),
    ],
)
def test_autogroup_is_not_relied_on_inside_a_cgroup_of_the_processor(
    tmp_path: Path, memberships: str, folder: str, has_the_say: bool
) -> None:
    if folder:
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "cpu.weight").write_text("100")
    assert _in_a_group_of_the_processor(memberships, tmp_path) == has_the_say
