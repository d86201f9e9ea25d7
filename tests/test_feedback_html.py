"""What a student reads in the browser: order, words, escaping, alt text, and how it survives."""

from __future__ import annotations

import gc
import re
from dataclasses import replace
from html import escape as html_of
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from browser import a_browser
from specimens_of_verdicts import (
    dense_hvp,
    for_a_person,
    passed_task,
    samples,
    stopped_task,
    titles,
    unwritten,
    verdict,
    wrong_values,
)

from graders.checks.failure import Failure, Fault
from graders.checks.kinds import MATRIX_FREE
from graders.course.submission import Place
from graders.judge.verdict import CheckVerdict, StageTitle, TaskVerdict
from graders.limits import MAX_ALL_OUTPUT_TEXT, MAX_ALL_OUTPUTS, MAX_COLOURED_ON_A_PAGE
from graders.outlets.feedback_html import (
    plain_feedback_html,
    task_feedback_html,
    task_feedback_text,
    verdict_feedback_html,
)
from graders.outlets.measurements import measurements_of
from graders.outlets.memory_picture import memory_picture
from graders.outlets.nbgrader.safe_html import raw_html
from graders.outlets.wording import STATUSES, check_title, first_sentence, public_message
from graders.sandbox.spec import Spec, spec

pytestmark = pytest.mark.lowest

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'`</style>"
HOSTILE_FAILURES = (
    Failure(HOSTILE, cells=(HOSTILE,), meaning=HOSTILE),
    Failure(HOSTILE, call=HOSTILE, got=HOSTILE, expected=HOSTILE, difference=HOSTILE),
    Failure(HOSTILE, call=HOSTILE, got=HOSTILE, place=Place(HOSTILE, 1, HOSTILE)),
    Failure(HOSTILE, raised=HOSTILE, said=HOSTILE, place=Place(HOSTILE, 1, HOSTILE)),
)
INLINE = {"code", "strong", "span"}
VOID = {"img", "meta", "link", "br"}


class Page(HTMLParser):
    """The tags and words of a page; fails where tags do not nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.text += "" if tag in INLINE else " "
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data

    @property
    def words(self) -> str:
        return " ".join(self.text.split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_the_message_comes_before_the_hint_and_the_hint_before_the_checks() -> None:
    words = Page(task_feedback_html(dense_hvp())).words
    parts = ("2.5 of 5 points", "your peak: 800 MB", "Hint.", "12 of 15 checks passed", "✗ failed")
    assert sorted(parts, key=words.index) == list(parts)


def test_each_check_has_a_line_with_a_sign_and_a_word() -> None:
    task = dense_hvp()
    page = Page(task_feedback_html(task))
    assert len(page.all("li")) == len(task.checks)
    for status in ("passed", "failed", "skipped"):
        sign, word = STATUSES[status]
        expected = sum(check.status == status for check in task.checks)
        assert page.words.count(f"{sign} {word} ") >= expected > 0


@pytest.mark.parametrize(
    ("stage", "case", "title"),
    [
        ("exists", None, "The function is written"),
        ("values", spec("three_letters"), "The values are right: three letters"),
        ("values", spec("mlp", n=47), "The values are right: mlp with n = 47"),
        (
            "edge",
            spec("dense_hessian", n=1_000_000, dtype="float32"),
            "A special case is right: dense hessian with n = 1,000,000 in float32",
        ),
        (
            "large",
            spec("grid", rate=0.5, wrap=True, kind="odd_one"),
            "A million parameters fit: grid with kind = odd_one and rate = 0.5 and wrap = True",
        ),
        ("a_new_stage", None, "a new stage"),
        ("odd name <b>", None, "odd name <b>"),
    ],
)
def test_names_of_checks_are_spelled_out(stage: str, case: Spec | None, title: str) -> None:
    check = CheckVerdict(stage, case, "passed", 1)
    task = TaskVerdict("hvp", 1, 1, False, (check,), titles(MATRIX_FREE))
    assert check_title(task, check) == title


def test_the_first_sentence_ends_at_a_full_stop_that_ends_a_sentence() -> None:
    hint = "The answer stays in the caller's\n`.grad`, i.e. in 0.5 s. More.\n\nStill more."
    assert first_sentence(hint).startswith("The answer stays in the caller's `.grad`, i.e.")
    assert first_sentence("No stop here\n\nNext.") == "No stop here"


def hostile_task(failure: Failure) -> TaskVerdict:
    """A task in which every name and every word is hostile."""
    case = Spec(HOSTILE, ((HOSTILE, HOSTILE),), HOSTILE)
    told = CheckVerdict("values", case, "failed", 1, failure, mistake=HOSTILE, hint=HOSTILE)
    listed = CheckVerdict(HOSTILE, None, "failed", 1, failure)
    stages = (StageTitle("values", HOSTILE, HOSTILE),)
    return TaskVerdict(HOSTILE, 0, 1, False, (told, listed), stages)


@pytest.mark.parametrize("failure", HOSTILE_FAILURES)
def test_words_of_students_are_escaped_everywhere(failure: Failure) -> None:
    html = task_feedback_html(hostile_task(failure))
    page = Page(html)
    assert {tag for tag, _ in page.tags} <= {
        *("style", "div", "p", "span", "strong", "code", "details", "summary", "ul", "li")
    }
    assert "<script" not in html
    assert page.words.count("<script>alert(1)</script>") >= 4
    assert HOSTILE in plain_words(plain_feedback_html([HOSTILE]))


def plain_words(html: str) -> str:
    return Page(html).words


def test_characters_that_steer_a_terminal_or_turn_a_line_are_shown_by_number() -> None:
    nasty = "\x1b[2J\u202e\x00\ud800"
    failure = Failure("it raised an exception", call="hvp(f)", raised="E", said=nasty)
    task = stopped_task("hvp", 5, "runs", failure, hint="see \x1b[31m")
    for shown in (task_feedback_html(task), task_feedback_text(task)):
        assert not set("\x1b\u202e\x00\ud800") & set(shown)
        assert "\\x1b[2J\\u202e\\x00\\ud800" in shown
        shown.encode("utf-8")


def test_formulas_in_a_student_s_words_are_left_alone_by_mathjax() -> None:
    (root, *_) = Page(task_feedback_html(wrong_values())).all("div")
    assert {"tex2jax_ignore", "mathjax_ignore"} <= set(str(root["class"]).split())


@pytest.mark.parametrize("address", ["data:", " DATA:", "d&#9;ata:", "&#1;data:", "da\nta:"])
def test_a_link_leads_to_no_page_of_the_student_s_own(address: str) -> None:
    """A browser reads these as one scheme."""
    assert "href" not in raw_html(f'<a href="{address}text/html,<b>x">here</a>')


def test_the_picture_of_memory_has_its_numbers_in_words() -> None:
    page = Page(task_feedback_html(dense_hvp()))
    (picture,) = page.all("img")
    assert str(picture["src"]).startswith("data:image/png;base64,")
    for said in (
        "n = 10,000",
        "800 MB",
        "12.8 GB",
        "the budget is 6.4 MB",
        "gradient needs 800 kB",
    ):
        assert said in str(picture["alt"])
    assert "above the budget of 8 gradients" in page.words


def test_the_picture_shows_the_first_problem_above_its_budget_or_else_the_nearest() -> None:
    within = passed_task("hvp", 5, cost=samples())
    assert "within the budget" in memory_picture(measurements_of(within)).caption
    cost = samples()
    cost["samples"][-1]["peak_bytes"] *= 1000
    above = memory_picture(measurements_of(passed_task("hvp", 5, cost=cost)))
    assert "rosenbrock" in above.caption
    assert "above the budget" in above.caption


def test_a_task_without_measurements_has_no_picture() -> None:
    assert not Page(task_feedback_html(wrong_values())).all("img")


def test_half_a_measurement_and_a_measurement_of_nothing_are_survived() -> None:
    nothing = {**samples()["samples"][0], "peak_bytes": 0, "gradient_bytes": 0, "budget_bytes": 0}
    cost = {"samples": [{"problem": "mlp", "n": 10}, nothing]}
    task = passed_task("hvp", 5, cost=cost)
    assert len(measurements_of(task)) == 1
    assert "<img" in task_feedback_html(task)


def test_the_same_verdict_gives_the_same_bytes_whatever_matplotlib_is_set_to() -> None:
    import matplotlib

    first = task_feedback_html(dense_hvp())
    memory_picture.cache_clear()
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "red", "savefig.dpi": 20}):
        assert task_feedback_html(dense_hvp()) == first


def test_a_fault_of_the_grader_is_no_zero_and_quotes_nothing_hidden() -> None:
    fault = Fault("AssertionError", "expected 3.14 == x")
    check = CheckVerdict("values", spec("x"), "error", 1, fault=fault)
    task = TaskVerdict("hvp", 0.0, 5, True, (check,), titles(MATRIX_FREE))
    for shown in (Page(task_feedback_html(task)).words, task_feedback_text(task)):
        assert "3.14" not in shown
        assert "AssertionError" in shown
        assert "a person will look at it" in shown
        assert "0 of 5" not in shown
    assert "no worker" in public_message(for_a_person("hvp", 5).checks[0])


def test_an_unwritten_task_says_so_and_keeps_its_checks_folded() -> None:
    page = Page(task_feedback_html(unwritten("jvp", 3)))
    assert "· not written yet jvp" in page.words
    assert "open" not in page.all("details")[0]
    assert "open" in Page(task_feedback_html(wrong_values())).all("details")[0]


def test_a_topic_shows_every_task_under_one_style() -> None:
    shown = verdict("hvp", passed_task("hessian_bytes", 1), dense_hvp(), isolation="process")
    shown = replace(shown, notes=("cell 3 did not run: <b>",))
    page = Page(verdict_feedback_html(shown))
    assert len(page.all("style")) == 1
    for said in (
        "hvp: 3.5 of 6 points",
        "cell 3 did not run: <b>",
        "not confined",
        "hessian_bytes",
    ):
        assert said in page.words


def test_nbgrader_s_sanitiser_keeps_words_classes_and_picture() -> None:
    safe_html = pytest.importorskip("graders.outlets.nbgrader.safe_html")
    whole = Page(task_feedback_html(dense_hvp()))
    kept = Page(str(safe_html.clean_html({}, task_feedback_html(dense_hvp()))))
    assert kept.words == whole.words
    assert [one.get("class") for one in kept.all("div")] == [
        one.get("class") for one in whole.all("div")
    ]
    assert [one["src"] for one in kept.all("img")] == [one["src"] for one in whole.all("img")]
    assert kept.all("img")[0]["alt"] == whole.all("img")[0]["alt"]


def unclosed(number: int, tag: str = "b") -> str:
    """Tags that differ, and so are all opened again after the end of the paragraph."""
    return "<p>" + "".join(f"<{tag} a={i}>" for i in range(number))


BURSTING = {
    "a large cell": unclosed(600) + "<p>x" * 1000,
    "a small cell": unclosed(31) + "<p>x" * 62,
    "paragraphs of Markdown": unclosed(400, "FONT") + "\n\n" + "x\n\n" * 1000,
    "closed in comments and too early": "</i>" * 500 + unclosed(500, "i") + "<!--</i>--><p>x" * 600,
}


@pytest.mark.parametrize("kind", ["markdown", "raw"])
@pytest.mark.parametrize("source", BURSTING.values(), ids=BURSTING.keys())
def test_text_that_would_burst_the_page_is_shown_as_text(source: str, kind: str) -> None:
    shown = shown_as(kind, source)
    assert len(shown) < 8 * len(source) + 1000
    if kind == "markdown" or "\n\n" not in source:
        assert Page(shown).words == " ".join(source.split())


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_honest_html_is_no_burst(kind: str) -> None:
    cell = "<p><b>bold</b>, <font>odd</font> and <i>italic</i>\n\n" * 25
    shown = shown_as(kind, cell + "**a** [link](https://example.org)\n\n" * 180)
    assert (shown.count("<b>"), shown.count("<pre>")) == (25, 0)


def test_no_search_for_garbage_is_charged_to_the_text_that_it_falls_into(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It goes through all objects of the process: a third of a second where torch is loaded."""
    safe_html = pytest.importorskip("graders.outlets.nbgrader.safe_html")
    monkeypatch.setattr(safe_html, "text_html", lambda *_given: f"collecting: {gc.isenabled()}")
    assert shown_as("markdown", "honest") == "collecting: False"
    assert gc.isenabled()


def shown_as(kind: str, source: str) -> str:
    """What becomes of a text cell on the page."""
    safe_html = pytest.importorskip("graders.outlets.nbgrader.safe_html")
    cell = pytest.importorskip("nbformat").NotebookNode(cell_type=kind, source=source)
    context = {"cell": cell}
    if kind == "raw":
        return str(safe_html.clean_html(context, source))
    return str(safe_html.markdown2html(context, source))


def test_a_student_s_raw_html_is_not_dressed_as_the_course() -> None:
    assert "class" not in shown_as("raw", '<p class="dojo-verdict">5 of 5 points</p>')


HONEST_CODE = "if x:\n    y = 1\n  \n\n\n\tz = 2 \n"
HARD_TO_COLOUR = {
    "blank lines": ("x = 1\n" + " \n" * 20_000 + "y = 2", "x = 1" + "\n" * 21 + "y = 2"),
    "lines of tabs": ("x = 1\n" + "\t\r\n" * 20_000 + "y = 2", "x = 1" + "\n" * 21 + "y = 2"),
    "old ends of line": ("x = 1\n" + "\x0c\r" * 20_000 + "y = 2", "x = 1" + "\n" * 21 + "y = 2"),
    "a long line": ('"' + "\\N{" * 700 + '"', ""),
    "a long cell": ("x = 1\n" * 4000, ""),
    "an honest cell": (HONEST_CODE, HONEST_CODE),
}


@pytest.mark.parametrize(
    ("source", "given"), HARD_TO_COLOUR.values(), ids=list(HARD_TO_COLOUR.keys())
)
def test_code_is_coloured_only_as_far_as_that_takes_no_square_of_it(
    monkeypatch: pytest.MonkeyPatch, source: str, given: str
) -> None:
    code = pytest.importorskip("graders.outlets.nbgrader.code")
    coloured: list[str] = []

    def remember(source: str, *_: object) -> str:
        coloured.append(source)
        return html_of(source)

    code.code_html.cache_clear()
    monkeypatch.setattr(code, "highlight", remember)
    page = Page(f"<pre>{code.code_html(source)}</pre>")
    code.code_html.cache_clear()
    assert "".join(coloured) == given.strip("\n")
    assert page.words == " ".join(source.split())


def test_a_page_is_coloured_as_far_as_its_room_goes() -> None:
    page = pytest.importorskip("graders.outlets.nbgrader.page")
    cell = SimpleNamespace(cell_type="code", source="total = total + 1  # and so on\n" * 300)
    cells = page.Cells()
    shown = [str(cells.source(cell)) for _ in range(200)]
    coloured = sum("<span" in one for one in shown)
    assert coloured == MAX_COLOURED_ON_A_PAGE // len(cell.source)
    assert all("<span" in one for one in shown[:coloured])
    assert {Page(one).words for one in shown} == {" ".join(cell.source.split())}


def test_the_formgrader_colours_code_within_the_same_bounds() -> None:
    highlight_code = pytest.importorskip("graders.outlets.nbgrader.code").highlight_code
    filters = pytest.importorskip("nbconvert.filters")
    context: dict[str, Any] = {"resources": {}}
    code, dots = "x = 1\n", "." * 2000
    assert highlight_code(context, code) == filters.Highlight2HTML()(code)
    assert highlight_code(context, dots) == f'<div class="highlight"><pre>{dots}</pre></div>'
    context = {"resources": {}}
    lines = "y = 2  # <b>\n" * 1000
    shown = [
        highlight_code(context, lines) for _ in range(MAX_COLOURED_ON_A_PAGE // len(lines) + 1)
    ]
    assert ["<span" in one for one in shown] == [True] * (len(shown) - 1) + [False]
    assert "<b>" not in shown[-1]


TURNED = "if user != 'admin\u202e\u2066# is it?\u2069 \u2066':\n\treturn\x1b[2K\x08 1  # 👩\u200d💻"


def test_no_character_of_a_cell_hides_or_turns_what_is_read() -> None:
    page = pytest.importorskip("graders.outlets.nbgrader.page")
    code = pytest.importorskip("graders.outlets.nbgrader.code")
    cell = SimpleNamespace(
        cell_type="code",
        source=TURNED,
        outputs=[SimpleNamespace(output_type="stream", text="a\rb \u202ec\n")],
    )
    cells = page.Cells()
    shown = [
        str(cells.source(cell)),
        str(code.plain_html(TURNED)),
        str(code.highlight_code({"resources": {}}, TURNED)),
        str(code.highlight_code({"resources": {}}, TURNED + "." * 2000)),
    ]
    for html in shown:
        assert not set("\u202e\u2066\u2069\x1b\x08") & set(html)
        assert r"\u202e\u2066# is it?" in Page(html).words
        assert "\t" in html and "👩\u200d💻" in html
    assert Page(str(cells.outputs({"outputs": cell.outputs}))).words == r"a b \u202ec"


def test_the_cells_that_formgrader_shows_are_as_short() -> None:
    rebuild = pytest.importorskip("graders.outlets.nbgrader.rebuild").rebuild
    (cell,) = rebuild([{"cell_type": "code", "source": "x\n" + " \n" * 20_000 + "y"}], ()).cells
    assert cell.source == "x" + "\n" * 21 + "y"


def printed(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def raised(line: str) -> dict[str, Any]:
    return {"output_type": "error", "ename": "E", "evalue": "e", "traceback": [line] * 100}


def shown_value(text: str) -> dict[str, Any]:
    return {"output_type": "execute_result", "data": {"text/plain": text}}


MANY_OUTPUTS = {
    "small": [printed("x")] * 50,
    "colours": [printed("\x1b[1m." * 3900)] * 25,
    "errors": [raised("\x1b[1m." * 3900)] * 2,
    "values": [shown_value("\x1b[1m." * 3900)] * 25,
}


@pytest.mark.parametrize("outputs", MANY_OUTPUTS.values(), ids=MANY_OUTPUTS.keys())
def test_the_outputs_of_a_whole_notebook_are_bounded(outputs: list[dict[str, Any]]) -> None:
    rebuild = pytest.importorskip("graders.outlets.nbgrader.rebuild").rebuild
    cells = [{"cell_type": "code", "source": "1", "outputs": outputs}] * 100
    kept = [output for cell in rebuild(cells, ()).cells for output in cell.outputs]
    assert 0 < len(kept) <= MAX_ALL_OUTPUTS + 1
    assert len(str(kept).replace("\\x1b", "e")) < 1.2 * MAX_ALL_OUTPUT_TEXT
    assert [output.get("text", "") for output in kept if "left out" in str(output)]
    assert str(kept).count("left out") == 1


def test_the_outputs_of_an_honest_notebook_are_all_kept() -> None:
    rebuild = pytest.importorskip("graders.outlets.nbgrader.rebuild").rebuild
    outputs = [printed("loss 0.5\n" * 1000), shown_value("7")]
    cells = [{"cell_type": "code", "source": "1", "outputs": outputs}] * 100
    kept = [output for cell in rebuild(cells, ()).cells for output in cell.outputs]
    assert len(kept) == 200
    assert "left out" not in str(kept)


def test_the_style_survives_a_template_that_escapes_it() -> None:
    style = task_feedback_html(wrong_values()).partition("<style>")[2].partition("</style>")[0]
    assert not set("<>&\"'") & set(style)
    selectors = re.findall(r"^([^@{}\n][^{}]*)\{", re.sub(r"\{[^{}]*\}", "{}", style), re.MULTILINE)
    assert selectors
    assert all(".dojo-" in part for one in selectors for part in one.split(","))


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_a_telephone_and_can_be_read_in_both_themes(tmp_path: Path, theme: str) -> None:
    shown = verdict("hvp", dense_hvp(), for_a_person("parameter_hvp", 2), wrong_values("j" * 80))
    path = tmp_path / "feedback.html"
    path.write_text(f"<!doctype html><meta charset=utf-8>{verdict_feedback_html(shown)}", "utf-8")
    with a_browser() as browser:
        page = browser.new_page(viewport={"width": 360, "height": 740}, color_scheme=theme)
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert page.evaluate(LOWEST_CONTRAST) >= 4.5


LOWEST_CONTRAST = """() => {
  const light = c => c.match(/[\\d.]+/g).slice(0, 3).map(Number)
    .map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const paper = e => {
    const c = getComputedStyle(e).backgroundColor;
    return c === 'rgba(0, 0, 0, 0)' ? paper(e.parentElement) : c;
  };
  const worst = e => {
    const pair = [light(getComputedStyle(e).color), light(paper(e))].sort((a, b) => b - a);
    return (pair[0] + 0.05) / (pair[1] + 0.05);
  };
  return Math.min(...[...document.querySelectorAll('.dojo-feedback *')].map(worst));
}"""
