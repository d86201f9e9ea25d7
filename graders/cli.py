"""`dojo`: the command line of the course."""

from __future__ import annotations

import typer

from graders.commands import authors, classroom, instructors, learners

app = typer.Typer(
    name="dojo",
    help="Exercises on second derivatives in PyTorch: practise, hand in, grade.",
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_show_locals=False,
)
for _commands in (learners, classroom, instructors, authors):
    _commands.register(app)


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
