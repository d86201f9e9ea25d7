"""The class report: what it counts, what it leaves out, and that it stays small and plain."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from browser import a_browser
from specimens_of_verdicts import (
    dense_hvp,
    for_a_person,
    half_right,
    passed_task,
    samples,
    stopped_task,
    titles,
    unwritten,
    verdict,
    wrong_values,
)
from test_feedback_html import HOSTILE, HOSTILE_FAILURES, Page, hostile_task

from graders.checks.failure import Failure, Fault
from graders.checks.kinds import MATRIX_FREE, PLAIN, TENSOR
from graders.judge.verdict import CheckVerdict, TaskVerdict, Verdict
from graders.outlets.class_summary import (
    stop_titles,
    summarise_costs,
    summarise_mistakes,
    summarise_tasks,
)
from graders.outlets.moves import Move
from graders.outlets.report import SLOWEST, Gradebook, report_html

WHEN = datetime(2026, 3, 1, 12, 30, tzinfo=timezone(timedelta(hours=1)))
MOVES = (
    Move("ada", "derivatives/hvp", 3.5, 5, 5, WHEN, "handed in anew"),
    Move("ben", "derivatives/jacobian", 1, 0.8571, 3, WHEN, "other graders"),
    Move("gone", "derivatives/hvp", 1, 2, 3, WHEN, "other graders"),
)
ADDRESS = "http://localhost:8888/formgrader/submissions/0af1"
Class = dict[str, dict[str, Verdict]]


def wrong_shape() -> TaskVerdict:
    failure = Failure("its shape is (3,), expected (2,)", call="vjp(f, x, v) with x = [2, 2]")
    return stopped_task("vjp", 3, "shape", failure)


def small_class() -> Class:
    """Five students, each with a story."""
    good = passed_task("hvp", 5, cost=samples())
    return {
        "ada": {
            "jacobian": verdict("jacobian", passed_task("vjp", 3)),
            "hvp": verdict("hvp", good),
        },
        "ben": {
            "jacobian": verdict("jacobian", wrong_values()),
            "hvp": verdict("hvp", dense_hvp()),
        },
        "cem": {
            "jacobian": verdict("jacobian", unwritten("vjp", 3)),
            "hvp": verdict("hvp", dense_hvp(), isolation="process"),
        },
        "dot": {"jacobian": verdict("jacobian", wrong_shape())},
        "eva": {"hvp": verdict("hvp", for_a_person("hvp", 5))},
    }


def large_class(count: int) -> Class:
    """A class in which every answer is one of a few, with names of a usual length."""
    draw = random.Random(1)
    tasks = {
        "jacobian": (("vjp", 3), ("jacobian", 4), ("jvp", 3)),
        "hessian": (("gradient", 3), ("hessian", 7)),
        "curvature": (("eigenvalues", 3), ("classify_hessian", 4), ("classify_critical_point", 3)),
        "hvp": (("hvp", 5), ("hvp_forward_over_reverse", 2), ("parameter_hvp", 2)),
    }
    makers = (
        lambda name, points: passed_task(name, points, cost=samples(passes=draw.uniform(2, 15))),
        lambda name, points: replace(dense_hvp(), name=name, max_score=points, score=points / 2),
        wrong_values,
        for_a_person,
    )
    return {
        f"student-{number:04d}@university.example": {
            topic: verdict(topic, *(draw.choice(makers)(*task) for task in own))
            for topic, own in tasks.items()
        }
        for number in range(count)
    }


def row_of(html: str, label: str) -> str:
    """Give the words of the last table row that begins with a label."""
    rows = [Page(row).words for row in re.findall(r"<tr>.*?</tr>", html, re.DOTALL)]
    return [row for row in rows if row.startswith(label)][-1]


def test_tasks_count_full_marks_part_of_them_and_where_answers_stopped() -> None:
    vjp, hvp = summarise_tasks(small_class())
    assert (vjp.full, vjp.part, vjp.count) == (1, 1, 4)
    assert vjp.stops == {"passed": 1, "values": 1, "unwritten": 1, "shape": 1, "absent": 1}
    assert (hvp.full, hvp.part, hvp.count) == (1, 2, 3)
    assert hvp.stops == {"passed": 1, "memory": 2, "absent": 1, "person": 1}
    words = Page(report_html("derivatives", small_class())).words
    known = stop_titles(small_class())
    assert all(known[stop] in words for stop in (*vjp.stops, *hvp.stops))


def test_stops_are_called_as_the_stages_say_and_stand_in_their_order() -> None:
    own = {"jacobian": verdict("jacobian", wrong_shape()), "hvp": verdict("hvp", dense_hvp())}
    found = stop_titles({"ada": own})
    before, after = ["absent", "person", "unwritten"], ["passed"]
    assert list(found) == [*before, *(stage.name for stage in MATRIX_FREE), *after]
    assert all(found[stage.name] == stage.stop for stage in MATRIX_FREE)
    words = Page(report_html("derivatives", {"ada": own})).words
    assert words.index("wrong shape") < words.index("too much memory")


def test_a_stage_that_only_one_kind_of_task_has_stands_where_it_runs() -> None:
    plain = replace(passed_task("order", 2), stages=titles(PLAIN))
    for order in (("hvp", "order"), ("order", "hvp")):
        tasks = {"hvp": dense_hvp(), "order": plain}
        own = {name: verdict(name, tasks[name]) for name in order}
        stages = [stage.name for stage in MATRIX_FREE]
        assert [stop for stop in stop_titles({"ada": own}) if stop in stages] == stages


def test_a_stage_that_was_not_kept_is_counted_under_its_name_in_words() -> None:
    check = CheckVerdict("keeps_signs", None, "failed", 1, Failure("the sign is lost"))
    lost = TaskVerdict("vjp", 0, 3, False, (check,))
    everybody = {"ada": {"jacobian": verdict("jacobian", lost)}}
    assert list(stop_titles(everybody).items())[-2:] == [
        ("keeps_signs", "keeps signs"),
        ("passed", "all passed"),
    ]
    assert row_of(report_html("derivatives", everybody), "vjp 1")


@pytest.mark.lowest
def test_mistakes_are_counted_and_carry_the_first_sentence_of_their_hint() -> None:
    first, *rest = summarise_mistakes(small_class())
    assert (first.task, first.name, first.students) == (
        "hvp",
        "hessian_materialised",
        ("ben", "cem"),
    )
    assert first.hint == "The numbers are right, but the whole Hessian was in memory to get them."
    assert [(one.name, one.students) for one in rest] == [("", ("dot",)), ("v_ignored", ("ben",))]
    page = Page(report_html("derivatives", small_class()))
    assert "2 (67 %) hvp: hessian materialised The numbers are right" in page.words
    assert "where can v come in so early" not in page.words


def test_costs_are_in_gradients_and_drawn_against_the_budget_in_words_too() -> None:
    (cost,) = summarise_costs(small_class())
    assert cost.memory_budget == 8
    assert cost.passes_budget == 20
    assert sorted(cost.points)[0] == (2.9, 4.1)
    page = Page(report_html("derivatives", small_class()))
    assert any(
        "Of 3 measured answers 1 keep both budgets, 2 take more memory" in str(picture["alt"])
        for picture in page.all("img")
    )


def test_whoever_waits_for_a_person_is_named_with_the_reason_and_is_no_zero() -> None:
    problems = {"fin": "hvp.ipynb is not JSON.", "dot": "hessian.ipynb is not JSON."}
    html = report_html("derivatives", small_class(), problems=problems)
    words = Page(html).words
    assert "wait for a person 3 of them, could not be read 2" in words
    assert "dot a notebook hessian.ipynb is not JSON." in words
    assert "eva hvp The grader could not do this check" in words
    assert "fin a notebook hvp.ipynb is not JSON." in words
    assert "waits for a person" in row_of(html, "eva")
    assert "could not be read" in row_of(html, "fin")
    assert "Histogram of 3 students" in str(Page(html).all("img")[0]["alt"])


def test_every_picture_has_words_and_nothing_comes_from_elsewhere() -> None:
    html = report_html("derivatives", small_class())
    page = Page(html)
    assert page.all("img")
    assert all(len(str(picture["alt"])) > 40 for picture in page.all("img"))
    assert all(str(picture["src"]).startswith("data:image/png") for picture in page.all("img"))
    assert not page.all("script")
    assert not re.search(r"https?:|url\(|@import", html)


@pytest.mark.lowest
def test_names_are_left_out_when_asked_and_the_numbers_do_not_follow_them() -> None:
    everybody = large_class(40)
    problem = "submitted/zoe.quine/derivatives/hvp.ipynb of Zoe.Quine cannot be read"
    html = report_html("derivatives", everybody, anonymous=True, problems={"zoe.quine": problem})
    assert "university.example" not in html
    assert "zoe." not in html.lower()
    assert "cannot be read" in html
    reordered = dict(reversed(everybody.items()))
    again = report_html("derivatives", reordered, anonymous=True, problems={"zoe.quine": problem})
    rows = [row_of(text, "Student 7 ") for text in (html, again)]
    assert rows[0] == rows[1]


def test_numbers_do_not_come_in_the_order_of_names() -> None:
    scores = [3.0 * number / 30 for number in range(30)]
    everybody = {
        f"name{number:02d}": {
            "jacobian": verdict("jacobian", replace(passed_task("vjp", 3), score=score))
        }
        for number, score in enumerate(scores)
    }
    html = report_html("derivatives", everybody, anonymous=True)
    shown = [float(row_of(html, f"Student {n} ").split()[-1]) for n in range(1, 31)]
    assert sorted(shown) == sorted(float(f"{score:.4g}") for score in scores)
    assert shown not in (sorted(shown), sorted(shown, reverse=True))


@pytest.mark.lowest
@pytest.mark.parametrize("failure", HOSTILE_FAILURES)
def test_hostile_names_messages_and_reasons_are_escaped(failure: Failure) -> None:
    own = {HOSTILE: verdict("hvp", hostile_task(failure))}
    html = report_html(HOSTILE, {HOSTILE: own}, problems={HOSTILE: HOSTILE + "\x1b[2J\u202e"})
    assert not Page(html).all("script")
    assert not [one for one in Page(html).all("img") if "onerror" in one]
    assert not {"\x1b", "\u202e"} & set(html)


def test_no_message_of_a_check_and_nothing_expected_reaches_the_report() -> None:
    secret = "[12.5, 7.25]"
    task = stopped_task("vjp", 3, "values", half_right(expected=secret))
    fault = Fault("ValueError", f"expected {secret}")
    check = CheckVerdict("exists", None, "error", 0, fault=fault)
    waiting = TaskVerdict("jvp", 0, 3, True, (check,), titles(TENSOR))
    html = report_html("derivatives", {"ada": {"jacobian": verdict("jacobian", task, waiting)}})
    assert "12.5" not in html
    assert "ValueError" in html


def test_the_slowest_come_first_and_only_if_times_are_known() -> None:
    assert "Slowest" not in report_html("derivatives", small_class())
    everybody = {f"s{number}": {} for number in range(30)}
    seconds = {name: float(name[1:]) for name in everybody} | {"a stranger": 99.0}
    html = report_html("derivatives", everybody, seconds=seconds)
    times = [float(time) for time in re.findall(r"([\d.]+) s</td>", html)]
    assert times == [29.0 - place for place in range(SLOWEST)]


def test_points_that_moved_are_told_with_old_and_new_and_by_what() -> None:
    html = report_html("derivatives", small_class(), moves=MOVES)
    words = Page(html).words
    assert "1 went up, 1 went down" in words
    assert "ada hvp 3.5 5 of 5 +1.5 handed in anew 2026-03-01 12:30" in words
    assert "ben jacobian 1 0.8571 of 3 -0.1429 other graders" in words
    assert "gone" not in words
    assert "moved" not in report_html("derivatives", small_class())


def test_written_answers_that_wait_to_be_marked_are_counted_by_topic() -> None:
    unmarked = {"derivatives/curvature": 3, "derivatives/hvp": 1}
    html = report_html("derivatives", small_class(), gradebook=Gradebook(unmarked))
    words = Page(html).words
    assert "4 written answers wait to be marked: curvature 3, hvp 1." in words.replace(" :", ":")
    one = report_html("derivatives", small_class(), gradebook=Gradebook({"derivatives/hvp": 1}))
    assert "1 written answer waits to be marked" in Page(one).words
    assert "to be marked" not in report_html("derivatives", small_class())


def test_points_lead_to_the_formgrader_where_it_is_known_and_are_plain_text_elsewhere() -> None:
    everybody = small_class()
    (topic, *_) = everybody["ada"]
    gradebook = Gradebook(links={"ada": {topic: ADDRESS}})
    links = Page(report_html("derivatives", everybody, gradebook=gradebook)).all("a")
    assert [link["href"] for link in links] == [ADDRESS]
    assert "of ada in the formgrader" in str(links[0]["aria-label"])
    assert not Page(report_html("derivatives", everybody)).all("a")


def test_without_names_nothing_is_linked_and_moves_carry_numbers() -> None:
    everybody = small_class()
    gradebook = Gradebook(links={"ada": dict.fromkeys(everybody["ada"], ADDRESS)})
    html = report_html("derivatives", everybody, anonymous=True, moves=MOVES, gradebook=gradebook)
    assert not Page(html).all("a")
    assert "ada" not in Page(html).words.split()
    assert re.search(r"Student \d hvp 3.5 5 of 5", Page(html).words)
    assert "12:30" not in html


def test_moves_stand_in_the_order_of_the_page_which_is_not_that_of_names() -> None:
    everybody = large_class(12)
    moves = [Move(name, "derivatives/hvp", 1, 2, 5, WHEN, "handed in anew") for name in everybody]
    html = report_html("derivatives", everybody, anonymous=True, moves=moves)
    (table,) = re.findall(r'<table class="moves">.*?</table>', html, re.DOTALL)
    assert re.findall(r"Student \d+", table) == [f"Student {i}" for i in range(1, 13)]


def test_an_empty_class_and_one_that_nobody_could_read_still_make_a_page() -> None:
    assert "Nobody" in report_html("derivatives", {})
    words = Page(report_html("derivatives", {}, problems={"ada": "Not a notebook."})).words
    assert "ada a notebook Not a notebook." in words


def test_a_thousand_students_stay_below_three_megabytes_and_give_the_same_bytes_again() -> None:
    everybody = large_class(1000)
    seconds = dict.fromkeys(everybody, 1.5)
    html = report_html("derivatives", everybody, seconds=seconds)
    Page(html)
    assert len(html.encode()) < 3_000_000
    assert html == report_html("derivatives", everybody, seconds=seconds)


@pytest.fixture(scope="module")
def of_a_thousand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "report.html"
    path.write_text(report_html("derivatives", large_class(1000)), encoding="utf-8")
    return path


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_real_browser_shows_a_thousand_students_without_an_error_or_a_request(
    of_a_thousand: Path, theme: str
) -> None:
    path = of_a_thousand
    errors: list[str] = []
    asked: list[str] = []
    with a_browser() as browser:
        page = browser.new_page(viewport={"width": 1000, "height": 800}, color_scheme=theme)
        page.on("console", lambda message: errors.append(message.text))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        broken = "[...document.images].filter(one => !one.complete || !one.naturalWidth).length"
        assert page.evaluate("document.images.length") > 0
        assert page.evaluate(broken) == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= 1000
    assert errors == []
    assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]
