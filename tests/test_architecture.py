"""The rule of arrows, and what else keeps the code easy to find one's way in."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from graders.course import topics
from graders.judge.declared import declared_tasks

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "graders"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "hidden" not in path.parts)
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
# A catalogue is as long as what it lists; a sample class is a sample of this course.
EXCUSED = {"hidden", "demo"}


def test_arrows_run_down_and_in_no_circle() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [str(lint), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout


def test_the_page_on_architecture_lists_the_layers_as_they_are_checked() -> None:
    rules = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    layers = rules.partition("\nlayers = [")[2].partition("]")[0]
    named = re.findall(r"\w+", layers)
    assert len(named) > 10
    places = [PAGE.index(f"`{name}`") for name in named]
    assert places == sorted(places)


def test_no_private_name_is_imported_by_another_module() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {alias.name}"
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if _is_private(alias.name) or any(map(_is_private, (node.module or "").split(".")))
        # torch and the standard library have public names of this form.
        if (node.module or "").startswith("graders") or "_pytest" in (node.module or "")
    ]
    assert found == []


def test_nothing_outside_a_topic_s_folder_names_a_topic_or_a_task() -> None:
    names = {topic.name for topic in topics()}
    names |= {task.name for topic in topics() for task in topic.tasks}
    found = [
        f"{path.relative_to(ROOT)}: {text!r}"
        for path in MODULES
        if not EXCUSED & set(path.parts)
        for text in _strings(_tree(path))
        # The unit of cost is a gradient, whoever asks for one.
        if text in names - {"gradient"}
    ]
    assert found == []


def test_no_stage_is_named_outside_the_modules_of_stages() -> None:
    tasks = [task for topic in topics() for task in declared_tasks(topic)]
    # What tensors and problems have as well says nothing by itself.
    stages = {stage.name for task in tasks for stage in task.stages} - {
        *("inputs", "device", "dtype", "shape"),
    }
    allowed = {"stages.py", "cost_stages.py", "manners.py"}
    found = [
        f"{path.relative_to(ROOT)}: {sorted(named)}"
        for path in MODULES
        if not EXCUSED & set(path.parts) and path.name not in allowed
        # One word may be a stage and something else; two beside each other are a table.
        if len(named := stages & set(_strings(_tree(path)))) > 1
    ]
    assert found == []


def test_modules_are_short() -> None:
    lengths = {path: _lines(path) for path in MODULES if path.name != "__init__.py"}
    assert statistics.median(lengths.values()) < 110
    assert [str(path) for path, lines in lengths.items() if lines > 300] == []


def test_no_folder_holds_a_fifth_of_the_lines() -> None:
    lines: dict[str, int] = {}
    for path in PACKAGE.rglob("*.py"):
        place = path.relative_to(PACKAGE).parts
        key = "/".join(place[:-1])
        lines[key] = lines.get(key, 0) + _lines(path)
    biggest = max(lines, key=lambda key: lines[key])
    assert lines[biggest] < sum(lines.values()) / 5, biggest


def test_every_folder_of_modules_is_a_package_and_comes_with_the_wheel() -> None:
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    assert [str(one) for one in folders if not (one / "__init__.py").is_file()] == []


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _strings(tree: ast.Module) -> Iterator[str]:
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def _lines(path: Path) -> int:
    """Count lines of code and prose, empty ones left out."""
    return sum(bool(line.strip()) for line in path.read_text(encoding="utf-8").splitlines())
