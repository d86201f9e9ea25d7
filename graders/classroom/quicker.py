"""nbgrader's steps without what they do again for every notebook of a class.

Each gives what the class that it is made from gives; only the repetition is saved.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from jsonschema import validators  # type: ignore[import-untyped]
from markupsafe import Markup
from nbconvert.exporters import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbformat import NotebookNode
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.nbgraderformat.common import BaseMetadataValidator
from nbgrader.preprocessors import CheckCellMetadata
from traitlets.config import Config

from graders.outlets.nbgrader.code import can_be_coloured, squeezed

_IMAGE_WITHOUT_ALT = re.compile(r"<img\b(?![^>]*\balt=)", re.IGNORECASE)
_NO_ALT = '<img alt="No description has been provided for this image"'
# What pygments puts round a cell, so that the page's style fits.
_UNCOLOURED = Markup('<div class=" highlight hl-python"><pre>{}\n</pre></div>')
_INSTEAD = {
    "nbgrader.preprocessors.CheckCellMetadata": f"{__name__}.CheckMetadata",
    "graders.outlets.nbgrader.autograde.JudgeCells": "graders.classroom.converters.VerdictCells",
}


def quicker(config: Config) -> Config:
    """Put the classes of this package in place of those that a course's configuration names."""
    autograde = config.Autograde
    for name in ("sanitize_preprocessors", "autograde_preprocessors"):
        autograde[name] = [_INSTEAD.get(str(one), one) for one in autograde[name]]
    config.GenerateFeedback.setdefault("exporter_class", FeedbackExporter)
    # A notebook is checked against nbformat's schema after the last step, not after each.
    config.Exporter.setdefault("optimistic_validation", True)
    return config


class _SchemaOnce(BaseMetadataValidator):
    """Checks a cell against the schema; stock checks the schema itself before each cell."""

    def validate_cell(self, cell: NotebookNode) -> None:
        marks = cell.metadata.get("nbgrader")
        if marks is None:
            return
        if marks.get("schema_version") != self.schema_version:
            super().validate_cell(cell)
        self._checked_schema.validate(marks)

    @property
    def _checked_schema(self) -> Any:
        if "_schema_validator" not in self.__dict__:
            kind = validators.validator_for(self.schema)
            kind.check_schema(self.schema)
            self.__dict__["_schema_validator"] = kind(self.schema)
        return self.__dict__["_schema_validator"]


class _Validator(MetadataValidator, _SchemaOnce):
    """nbgrader's own validator on top of `_SchemaOnce`."""


@cache
def _validator() -> _Validator:
    return _Validator()


class CheckMetadata(CheckCellMetadata):
    """Checks the marks of a notebook's cells with one validator for all notebooks."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Pass what is valid; leave it to nbgrader to say what is wrong with the rest."""
        try:
            _validator().validate_nb(nb)
        except Exception:
            return super().preprocess(nb, resources)
        return nb, resources


class _Highlight(Highlight2HTML):
    """Colours code; a class has the same cells many times over."""

    def __call__(self, source: str, language: Any = None, metadata: Any = None) -> str:
        magic = (metadata or {}).get("magics_language")
        shown = squeezed(source)
        if not can_be_coloured(shown):
            return str(_UNCOLOURED.format(shown.strip("\n")))
        return _coloured(self.pygments_lexer, shown, language, magic)


@lru_cache(maxsize=2000)
def _coloured(lexer: str, source: str, language: str | None, magic: str | None) -> str:
    metadata = {"magics_language": magic} if magic else None
    return Highlight2HTML(pygments_lexer=lexer)(source, language, metadata)


class _InMemory(BytecodeCache):
    """Keeps compiled templates for the next exporter of this process."""

    def __init__(self) -> None:
        self._codes: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._codes:
            bucket.bytecode_from_string(self._codes[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key] = bucket.bytecode_to_string()


_compiled_templates = _InMemory()


class FeedbackExporter(HTMLExporter):
    """Writes a notebook as HTML without parsing the finished page once more.

    HTMLExporter does that to give pictures an `alt` and to make cells of JupyterLab's template
    focusable, which the template of the feedback has none of.
    """

    export_from_notebook = None

    def _create_environment(self) -> Environment:
        environment: Environment = super()._create_environment()
        environment.bytecode_cache = _compiled_templates
        return environment

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Convert a notebook to HTML."""
        about = nb.metadata.get("language_info", {})
        lexer = about.get("pygments_lexer", about.get("name"))
        resources = self._init_resources(resources or {})
        self.register_filter("highlight_code", _Highlight(pygments_lexer=lexer, parent=self))
        widgets = WidgetsDataTypeFilter(
            notebook_metadata=self._nb_metadata, parent=self, resources=resources
        )
        self.register_filter("filter_data_type", widgets)
        html, resources = TemplateExporter.from_notebook_node(self, nb, resources, **kw)
        return _IMAGE_WITHOUT_ALT.sub(_NO_ALT, html), resources
