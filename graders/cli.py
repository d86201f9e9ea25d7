"""`dojo`: the command line of the course."""

from __future__ import annotations

import gc
from importlib import import_module
from importlib.util import find_spec

import typer

from graders.commands import last_word

# A student's kit has those for learners alone.
_GROUPS = ("learners", "own_folder", "classroom", "instructors", "kit", "authors")

app = typer.Typer(
    name="dojo",
    help="Exercises on second derivatives in PyTorch: practise, hand in, grade.\n\n"
    "Without a command: where you are and what to do next.",
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_show_locals=False,
)
for _group in _GROUPS:
    if find_spec(f"graders.commands.{_group}") is not None:
        import_module(f"graders.commands.{_group}").register(app)


def main() -> None:
    """Run the command line; whatever goes wrong in it ends in a sentence."""
    # What is imported stays; with the usual 700 it is searched for garbage again and again.
    gc.set_threshold(50_000)
    last_word.run(app)


if __name__ == "__main__":
    main()
