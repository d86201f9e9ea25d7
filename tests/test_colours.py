"""Colours of the pages: read with little contrast, and told apart by whoever sees few of them."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from specimens_of_verdicts import for_a_person, passed_task, unwritten, wrong_values

from graders.judge.verdict import Status
from graders.outlets import drawing
from graders.outlets.wording import STATUSES, state_of

TEMPLATES = Path(drawing.__file__).parent / "templates"
BLOCK = re.compile(r"[^{}]*\{(?P<body>[^{}]*)\}")
VARIABLE = re.compile(r"--((?:dojo|page|code)-[a-z]+): (#[0-9a-f]{6})")
PAPERS = ("paper", "tint")
# Machado, Oliveira and Fernandes (2009), for the whole loss of one kind of cone.
BLINDNESS = {
    "protanopia": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "deuteranopia": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "tritanopia": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}
TO_XYZ = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
WHITE = np.array([0.9505, 1.0, 1.089])
TOLD_APART = 15


def palettes() -> list[dict[str, str]]:
    """Each block of a style sheet that sets colours: light, dark, printed."""
    found = []
    for name in ("feedback.css", "page.css"):
        text = (TEMPLATES / name).read_text(encoding="utf-8")
        found += [dict(VARIABLE.findall(block["body"])) for block in BLOCK.finditer(text)]
    return [one for one in found if one]


def linear(color: str) -> np.ndarray:
    """The light of a colour, from 0 to 1."""
    parts = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """The ratio that WCAG asks for."""
    low, high = sorted(float(linear(color) @ TO_XYZ[1]) for color in (one, other))
    return (high + 0.05) / (low + 0.05)


def lab(light: np.ndarray) -> np.ndarray:
    """A colour where distances are what an eye sees of them."""
    x, y, z = np.cbrt(np.clip(TO_XYZ @ np.clip(light, 0, 1), 0, None) / WHITE)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def distance(one: str, other: str, seen: list[list[float]]) -> float:
    """How far two colours are apart for an eye."""
    return float(np.linalg.norm(lab(seen @ linear(one)) - lab(seen @ linear(other))))


def test_every_theme_of_both_style_sheets_is_looked_at() -> None:
    assert len(palettes()) == 5 + 3


@pytest.mark.parametrize("palette", palettes(), ids=lambda one: f"{len(one)} {min(one.values())}")
def test_every_word_stands_out_from_what_it_stands_on(palette: dict[str, str]) -> None:
    papers = [color for name, color in palette.items() if name.endswith(PAPERS)]
    words = {n: c for n, c in palette.items() if not n.endswith((*PAPERS, "line", "flip"))}
    assert len(papers) == 2 and len(words) >= 6
    for name, color in words.items():
        assert min(contrast(color, paper) for paper in papers) >= 4.5, name


@pytest.mark.parametrize("eye", BLINDNESS.values(), ids=BLINDNESS.keys())
def test_states_and_lines_are_told_apart_by_whoever_lacks_a_cone(eye: list[list[float]]) -> None:
    for palette in palettes():
        states = [c for n, c in palette.items() if n.endswith(("passed", "failed", "person"))]
        assert len(states) == 3
        for pair in combinations(states, 2):
            assert distance(*pair, eye) >= TOLD_APART, pair
    assert distance(drawing.BLUE, drawing.ORANGE, eye) >= TOLD_APART


def test_states_are_told_by_a_sign_and_words_too() -> None:
    tasks = (passed_task("a", 1), wrong_values(), unwritten("b", 1), for_a_person("c", 1))
    looks = [state_of(task) for task in tasks]
    for told in (*zip(*looks, strict=True), *zip(*STATUSES.values(), strict=True)):
        assert all(told) and len(set(told)) == len(told)
    assert set(STATUSES) == set(Status.__args__)
