"""The same attacks by other roads: without layers or root, with a twin, on iterations."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import pytest
from in_container import in_container

# Root and an ordinary user get their layers by different means, a zygote's twin from its mother.
REPRESENTATIVE = (
    "exhausting/forks",
    "exhausting/four_terabytes",
    "exhausting/threads",
    "forging/garbage_on_the_channel",
    "leaving/os_exit_in_a_cell",
    "leaving/segfault",
    "leaving/signal_the_judge",
    "leaving/sigkill",
    "looking/frames",
    "looking/inherited_files",
    "looking/proc_of_the_judge",
    "looking/reads_the_solution",
    "outliving/daemon",
    "outliving/ignores_the_end",
    "reaching/abstract_socket",
    "reaching/raw_system_calls",
    "reaching/shell",
    "reaching/tcp",
    "writing/delete",
    "writing/gradebook",
    "writing/left_for_the_next",
)


@pytest.mark.timeout(600)
def test_without_its_layers_the_same_attacks_do_harm() -> None:
    """The canaries are alive: what keeps them unchanged is the confinement."""
    names = ("writing/gradebook", "looking/reads_the_solution", "reaching/abstract_socket")
    layers = ("landlock-files", "landlock-scope", "network-namespace", "seccomp", "file-limits")
    report = in_container("attacks.judged", *names, *(f"--without={one}" for one in layers))
    scores = {one["path"]: one["scores"]["hessian"] for one in report["attacks"]}
    assert scores["looking/reads_the_solution"] > report["bases"]["hessian"]["scores"]["hessian"]
    assert {path for path, _ in report["changed"]} == {"/tmp/course/gradebook.db"}
    assert report["visitors"] == 1


def require_nothing_gained(
    report: dict[str, Any], attacks: Sequence[str], *, without: Sequence[str] = ()
) -> None:
    """Require that attacks on `hessian` gain no point and leave nothing, `without` some layers."""
    assert [one["path"] for one in report["attacks"]] == sorted(attacks)
    honest = report["bases"]["hessian"]["scores"]
    for got in report["attacks"]:
        assert all(score <= honest[name] for name, score in got["scores"].items()), got["path"]
        assert got["next_is_graded_alike"], got["path"]
        assert got["needs_person"] == [], got["path"]
        assert [one.split(":")[0] for one in got["missing_layers"]] == list(without), got["path"]
    assert (report["changed"], report["visitors"], report["processes"]) == ([], 0, [])


# What Landlock stops in the newest kernels alone.
OUTWARD = (
    "leaving/signal_the_judge",
    "leaving/sigkill",
    "looking/proc_of_the_judge",
    "outliving/daemon",
    "reaching/abstract_socket",
    "reaching/raw_system_calls",
    "reaching/tcp",
)


@pytest.mark.timeout(600)
def test_on_a_kernel_of_linux_6_2_nothing_more_gets_out() -> None:
    layers = ("landlock-network", "landlock-scope")
    report = in_container("attacks.judged", *OUTWARD, *(f"--without={one}" for one in layers))
    require_nothing_gained(report, OUTWARD, without=layers)


@pytest.mark.timeout(600)
def test_it_is_the_same_in_a_fork_of_a_lent_zygote_and_without_privileges() -> None:
    """As in the processes of `dojo grade`."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    report = in_container("attacks.judged", "--lent", *REPRESENTATIVE, unprivileged=is_root)
    assert report["in_a_twin"]
    require_nothing_gained(report, REPRESENTATIVE)


ELSEWHERE = (
    "newton/newton_step",
    "influence/inverse_hvp",
    "maml/maml_gradient",
    "spectrum/lanczos",
)


@pytest.mark.timeout(600)
def test_an_attack_by_an_answer_gains_nothing_where_products_are_counted() -> None:
    """Each attack on one of the topics in turn; each topic has had them all, once, by hand."""
    report = in_container("attacks.judged", f"--elsewhere={','.join(ELSEWHERE)}")
    honest = {topic: base["scores"] for topic, base in report["bases"].items()}
    assert all(honest[topic][task] > 0 for topic, task in (one.split("/") for one in ELSEWHERE))
    assert len(report["attacks"]) > 50
    for got in report["attacks"]:
        (topic,) = [
            name for name, scores in honest.items() if scores.keys() == got["scores"].keys()
        ]
        assert all(score <= honest[topic][one] for one, score in got["scores"].items())
        assert got["next_is_graded_alike"], got["path"]
        assert got["needs_person"] == [], got["path"]
        assert got["missing_layers"] == [], got["path"]
    assert (report["changed"], report["visitors"], report["processes"]) == ([], 0, [])
