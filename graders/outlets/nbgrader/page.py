"""The page that a student gets: the verdict first, then what was written, and the lesson folded.

It is complete in itself: no script, no font, no address of another machine.
"""

from __future__ import annotations

from typing import Any

from markupsafe import Markup, escape
from nbconvert.exporters import Exporter
from nbconvert.filters import strip_ansi
from nbformat import NotebookNode

from graders.course.patience import within
from graders.limits import MAX_PAGE_SECONDS
from graders.outlets.nbgrader.autograde import told_of
from graders.outlets.nbgrader.code import Colours, code_html, legible, plain_html, squeezed
from graders.outlets.nbgrader.in_place import ours_alone
from graders.outlets.nbgrader.lesson_texts import lesson_texts
from graders.outlets.nbgrader.page_parts import Parts, comment_of, parts_of
from graders.outlets.nbgrader.safe_html import Texts, raw_html
from graders.outlets.pages import render
from graders.outlets.terminal import points_of

_OUR_HEADINGS = 3


class FeedbackPage(Exporter):
    """Takes the exporter's place in `nbgrader generate_feedback`."""

    output_mimetype = "text/html"
    export_from_notebook = None

    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Write a graded notebook as a page."""
        notebook, resources = super().from_notebook_node(ours_alone(nb), resources, **kw)
        about = resources["nbgrader"]
        with within(MAX_PAGE_SECONDS, f"the page of {about['notebook']}"):
            parts = parts_of(notebook, lesson_texts(self.parent.coursedir, about))
            return page_html(parts, about), resources


def page_html(parts: Parts, about: dict[str, Any]) -> str:
    """Write the page; `about` is what nbgrader knows of the notebook and its points."""
    score, most = float(about["score"]), float(about["max_score"])
    late = float(about.get("late_penalty") or 0.0)
    return render(
        "page.html.j2",
        name=about["notebook"],
        assignment=about["assignment"],
        points=points_of(score, most),
        late=f"{late:.4g}" if late else "",
        waiting=sum(one.sign == "!" for one in [*parts.tasks, *parts.written]),
        parts=parts,
        comment_of=comment_of,
        card=lambda cell: Markup(told_of(cell)[0]),  # noqa: S704 (its templates escape)
        show=Cells(),
    )


class Cells:
    """Shows the cells of one page, with room for so many formulas and so much colour."""

    def __init__(self) -> None:
        self._texts = Texts()
        self._colours = Colours()

    def source(self, cell: NotebookNode) -> Markup:
        """Show what stands in a cell."""
        if cell.cell_type == "code":
            coloured = self._colours.have_room_for(cell.source)
            code = code_html(cell.source) if coloured else plain_html(cell.source)
            return Markup('<pre class="dojo-code" tabindex="0"><code>{}</code></pre>').format(code)
        if cell.cell_type == "raw":
            return raw_html(cell.source, _OUR_HEADINGS)
        return self.text(cell.source, cell.get("attachments", {}))

    def text(self, source: str, attachments: dict[str, Any]) -> Markup:
        """Show Markdown, as far as there is room and time for it."""
        return self._texts.html(source, attachments, _OUR_HEADINGS)

    def outputs(self, cell: NotebookNode) -> Markup:
        """Show what a cell printed and drew; never HTML, which is dropped where cells are read."""
        return Markup().join(map(_output, cell.get("outputs", [])))


def _output(output: NotebookNode) -> Markup:
    if output.output_type == "stream":
        return _printed(output.text)
    if output.output_type == "error":
        return _printed("\n".join(output.get("traceback", [])) or output.get("evalue", ""))
    data = output.get("data", {})
    for kind in ("image/png", "image/jpeg"):
        if kind in data:
            picture = '<img src="data:{};base64,{}" alt="A picture that this cell drew">'
            return Markup(picture).format(kind, "".join(str(data[kind]).split()))
    return _printed(str(data.get("text/plain", "")))


def _printed(text: str) -> Markup:
    shown = Markup('<pre class="dojo-printed" tabindex="0">{}</pre>')
    return shown.format(escape(legible(squeezed(strip_ansi(text))))) if text.strip() else Markup()
