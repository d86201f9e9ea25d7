"""A class on a real JupyterHub of one system user, with ngshare as nbgrader's exchange."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from assignment_list import answer, fetch, fetch_feedback, submit, validate
from class_of_students import ASSIGNMENT, TOPIC, make_course
from hub import Hub, a_hub
from lab_server import a_page

pytestmark = [
    pytest.mark.long,
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore:Object of type <Submitted"),
]


@pytest.fixture
def page() -> Iterator[Any]:
    with a_page() as page:
        yield page


@pytest.fixture
def hub(tmp_path: Path, page: Any) -> Iterator[Hub]:
    with a_hub(tmp_path) as hub:
        yield hub


@pytest.fixture
def course(hub: Hub) -> Path:
    """The instructor's course, and a student with nothing but the page's lines."""
    settings = hub.told("python nbgrader_config.py")
    folder = hub.home("teacher") / "course"
    make_course(folder, TOPIC)
    # Only now: the lines can be read by a user of the hub alone.
    with (folder / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(settings)
    theirs = hub.home("ada") / ".jupyter" / "nbgrader_config.py"
    theirs.write_text(f"c = get_config()\n{settings}", encoding="utf-8")
    return folder


def test_two_users_of_a_hub_hand_out_hand_in_and_give_back(
    hub: Hub, course: Path, page: Any
) -> None:
    with page.context.browser.new_context() as own:
        hub.log_in("teacher", own.new_page())

    def teacher(commands: str) -> str:
        return hub.terminal("teacher", course, commands)

    teacher(hub.told("sh hub teacher"))
    teacher(f"nbgrader release_assignment {ASSIGNMENT}")

    lab = hub.log_in("ada", page)
    path = fetch(lab)
    answer(path)
    assert "Success! Your notebook passes all the tests." in validate(page)
    submit(page)

    teacher(f"nbgrader collect {ASSIGNMENT}")
    handed_in = {place.parent.name: place / f"{TOPIC}.ipynb" for place in submitted(course)}
    assert list(handed_in) == ["ada"]
    assert handed_in["ada"].read_bytes() == path.read_bytes()
    teacher(f"dojo grade {ASSIGNMENT}")
    teacher(f"nbgrader release_feedback {ASSIGNMENT}")
    assert "10 of 10 points" in fetch_feedback(lab)


def submitted(course: Path) -> Iterator[Path]:
    return (course / "submitted").glob(f"*/{ASSIGNMENT}")
