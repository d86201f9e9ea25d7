"""nbgrader's steps without what they do again for every notebook of a class.

Each gives what the class that it is made from gives; only the repetition is saved.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from jsonschema import validators  # type: ignore[import-untyped]
from nbformat import NotebookNode
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.nbgraderformat.common import BaseMetadataValidator
from nbgrader.preprocessors import CheckCellMetadata
from traitlets.config import Config

from graders.outlets.nbgrader.page import FeedbackPage

_INSTEAD = {
    "nbgrader.preprocessors.CheckCellMetadata": f"{__name__}.CheckMetadata",
    "graders.outlets.nbgrader.autograde.JudgeCells": "graders.classroom.converters.VerdictCells",
}


def quicker(config: Config) -> Config:
    """Put the classes of this package in place of those that a course's configuration names."""
    autograde = config.Autograde
    for name in ("sanitize_preprocessors", "autograde_preprocessors"):
        steps = autograde.get(name)
        # What the settings leave out, or add to, is nbgrader's own.
        if isinstance(steps, (list, tuple)):
            autograde[name] = [_INSTEAD.get(str(one), one) for one in steps]
    config.GenerateFeedback.setdefault("exporter_class", FeedbackPage)
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
