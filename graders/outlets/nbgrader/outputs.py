"""What is kept of the outputs of a submitted notebook: text and pictures, in bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nbformat import NotebookNode

from graders.limits import (
    MAX_ALL_OUTPUT_TEXT,
    MAX_ALL_OUTPUTS,
    MAX_OUTPUT_TEXT,
    MAX_OUTPUTS,
    MAX_PICTURE,
)

_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
_PICTURES = ("image/png", "image/jpeg")


def text_of(value: object, limit: int = MAX_OUTPUT_TEXT) -> str:
    """Read a text of a notebook, a string or a list of them, as text that can be saved as UTF-8."""
    text = "".join(map(str, value)) if isinstance(value, list) else str(value)
    text = text.encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= limit else text[:limit] + "\n… (cut)"


def safe_outputs(outputs: object) -> list[NotebookNode]:
    """Keep printed text, errors and pictures; drop HTML, JavaScript, SVG, widgets and the rest."""
    found = outputs[:MAX_OUTPUTS] if isinstance(outputs, list) else []
    return [safe for output in found for safe in _safe_output(output)]


@dataclass
class _Room:
    """What is left for the outputs of a notebook."""

    outputs: int = MAX_ALL_OUTPUTS
    characters: int = MAX_ALL_OUTPUT_TEXT

    def takes(self, output: NotebookNode) -> bool:
        """Take one more output in, if there is room for it."""
        self.outputs -= 1
        self.characters -= _characters(output)
        return min(self.outputs, self.characters) >= 0


def bound_outputs(cells: Sequence[NotebookNode]) -> None:
    """Bound the outputs of all cells together: each takes time, and a colour is many tags."""
    room, told = _Room(), False
    for cell in cells:
        found = cell.get("outputs", [])
        kept = [output for output in found if room.takes(output)]
        if len(kept) < len(found):
            cell["outputs"] = kept if told else [*kept, _left_out()]
            told = True


def _characters(output: NotebookNode) -> int:
    plain = output.get("data", {}).get("text/plain", "")
    texts = [output.get("text", ""), output.get("evalue", ""), plain]
    return sum(len(text) + 1 for text in [*texts, *output.get("traceback", [])])


def _left_out() -> NotebookNode:
    said = "… (this notebook has more outputs than are kept; the others are left out)"
    return NotebookNode(output_type="stream", name="stderr", text=said)


def safe_attachments(attachments: object) -> NotebookNode:
    """Keep the pictures that were pasted into a text cell."""
    kept = NotebookNode()
    for name, bundle in attachments.items() if isinstance(attachments, dict) else ():
        pictures = _pictures(bundle)
        if pictures:
            kept[text_of(name)] = pictures
    return kept


def _safe_output(output: object) -> Iterator[NotebookNode]:
    if not isinstance(output, dict):
        return
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        yield NotebookNode(output_type="stream", name=name, text=text_of(output.get("text", "")))
    elif kind == "error":
        lines = output.get("traceback")
        yield NotebookNode(
            output_type="error",
            ename=text_of(output.get("ename", ""), 200),
            evalue=text_of(output.get("evalue", "")),
            traceback=[text_of(line) for line in lines[:100]] if isinstance(lines, list) else [],
        )
    elif kind in ("display_data", "execute_result"):
        data = output.get("data")
        kept = _pictures(data)
        if isinstance(data, dict) and "text/plain" in data:
            kept["text/plain"] = text_of(data["text/plain"])
        if kept:
            yield NotebookNode(output_type="display_data", data=kept, metadata=NotebookNode())


def _pictures(data: object) -> NotebookNode:
    """Keep what is base64 through and through: it goes between the quotes of an HTML attribute."""
    kept = NotebookNode()
    for kind in _PICTURES:
        if isinstance(data, dict) and kind in data:
            picture = text_of(data[kind], MAX_PICTURE)
            if _BASE64.fullmatch(picture):
                kept[kind] = picture
    return kept
