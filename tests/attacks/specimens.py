"""The attacks as data: what each tries, what must come of it, and the file that is handed in.

A file under `tests/attacks/<class>/` is an attack. Its docstring says in lines `key: value`

tries, outcome   what it does and what must come of it, for `docs/security.md`
topic            what it is handed in for: its code stands behind `base/<topic>.py`
says             words that the verdict must contain, to show that the attack was really made
machine          the only kind of machine on which it can be made
fill, cells      a length to replace "@fill@" by, a number of times to hand in the attack's cell
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
NOT_PROMISED = "not_promised"


@dataclass(frozen=True)
class Attack:
    """One attack; `source` is what is handed in, as a percent script."""

    kind: str
    name: str
    tries: str
    outcome: str
    topic: str
    says: str
    machine: str
    source: str

    @property
    def path(self) -> str:
        """Name it as `class/file`."""
        return f"{self.kind}/{self.name}"


@cache
def attacks() -> tuple[Attack, ...]:
    """Read every attack, class by class."""
    files = sorted(HERE.glob("*/*.py"))
    return tuple(_read(file) for file in files if file.parent.name != "base")


def base(topic: str) -> str:
    """Give the honest half of a submission that the attacks on `topic` are added to."""
    return (HERE / "base" / f"{topic}.py").read_text(encoding="utf-8")


# What stands behind an attack's own cells where it is handed in for another topic: its functions,
# called with as many of the arguments as they take, and the last one again where they want more.
_ELSEWHERE = """
import inspect


def _handed_on(function):
    def answer(*arguments, **_keywords):
        wanted = len(inspect.signature(function).parameters)
        given = [*arguments, *[arguments[-1]] * wanted][:wanted]
        return function(*given)

    return answer


for _name in {names!r}:
    if _name in globals():
        {task} = _handed_on(globals()[_name])
"""


def acts_when_asked(attack: Attack, names: tuple[str, ...]) -> bool:
    """Whether an attack is made by a task's function, and not by its cells alone."""
    own = ast.parse(attack.source.removeprefix(base(attack.topic)))
    return any(isinstance(one, ast.FunctionDef) and one.name in names for one in own.body)


def elsewhere(attack: Attack, topic: str, task: str, names: tuple[str, ...]) -> Attack:
    """Hand an attack in for a task of another topic; `names` are those of its own topic's tasks."""
    own = attack.source.removeprefix(base(attack.topic))
    source = base(topic) + own + "\n\n# %%" + _ELSEWHERE.format(names=names, task=task)
    return replace(attack, topic=topic, source=source)


def _read(file: Path) -> Attack:
    text = file.read_text(encoding="utf-8")
    head = dict(line.split(": ", 1) for line in _docstring(text).strip().splitlines())
    filled = text.replace("@fill@", "x" * int(head.get("fill", "0")))
    cells = [base(head["topic"]), *[filled] * int(head.get("cells", "1"))]
    return Attack(
        file.parent.name,
        file.stem,
        head["tries"],
        head["outcome"],
        head["topic"],
        head.get("says", ""),
        head.get("machine", ""),
        "\n\n# %%\n".join(cells),
    )


def _docstring(text: str) -> str:
    return ast.get_docstring(ast.parse(text)) or ""
