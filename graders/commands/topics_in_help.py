"""A command whose help ends with the topics that it can be asked for."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand


class NamesTopics(TyperCommand):
    """Reads the topics only when somebody asks for help."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help, with the topics below it."""
        self.epilog = _topics()
        super().format_help(ctx, formatter)


def _topics() -> str:
    from graders.course import CourseError, topics

    try:
        return f"Topics: {', '.join(topic.name for topic in topics())}"
    except CourseError as error:
        return str(error)
