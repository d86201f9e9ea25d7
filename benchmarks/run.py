"""Measure what the course costs, and what else would: `make bench`.

a to h take under half an hour on two processors. `--only c,g` picks letters, `--quick` does less of
each. Only `--only i,j,k` asks for the last three: classes of up to 25,000 (i and j, ten minutes
each, 11 GB in TMPDIR; `--sizes 100,2000` are others) and a cluster (k, five minutes). The figures
are printed, and saved with pictures in benchmarks/results/.
"""

from __future__ import annotations

import json
import platform
import statistics
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from benchmarks import check_and_watch, cluster, large_class, measures, scale_picture
from benchmarks.result import Result

MEASURES: dict[str, Callable[[measures.Scale], list[Result]]] = {
    "a": measures.stock_nbgrader,
    "b": measures.otter,
    "c": measures.judge_and_floor,
    "d": measures.class_sizes,
    "e": measures.one_and_two_jobs,
    "f": measures.metering,
    "g": measures.first_answer,
    "h": check_and_watch.cold_and_warm_check,
    "i": large_class.on_sqlite,
    "j": large_class.on_postgresql,
    "k": cluster.cluster_and_local,
}
_DEFAULT = "a,b,c,d,e,f,g,h"
RESULTS = Path(__file__).parent / "results"


def main(
    only: Annotated[str, typer.Option(help="Letters, like c,g.")] = _DEFAULT,
    quick: Annotated[bool, typer.Option("--quick", help="Do less of each.")] = False,
    sizes: Annotated[str, typer.Option(help="Of very large classes, like 100,2000.")] = "",
    output: Annotated[Path, typer.Option(help="Where the figures are saved.")] = RESULTS,
) -> None:
    """Measure, print and save."""
    scale = measures.QUICK if quick else measures.Scale()
    if sizes:
        scale = replace(scale, large=tuple(sorted(map(int, sizes.split(",")))))
    found: dict[str, list[Result]] = {}
    for letter in only.split(","):
        measure = MEASURES[letter.strip()]
        typer.echo(str(measure.__doc__).splitlines()[0])
        found[letter] = measure(scale)
        for result in found[letter]:
            typer.echo(f"    {result.line()}")
    output.mkdir(parents=True, exist_ok=True)
    text = json.dumps({**_machine(), "quick": quick, "figures": _figures(found)}, indent=1)
    (output / "figures.json").write_text(text + "\n", encoding="utf-8")
    _draw(found, output / "figures.png")
    if found.keys() & {"i", "j"}:
        scale_picture.draw([output / "figures.json"], output / "scale.png")
    typer.echo(f"saved in {output}")


def _figures(found: dict[str, list[Result]]) -> dict[str, list[dict[str, object]]]:
    return {
        letter: [
            {**asdict(result), "median": statistics.median(result.values or (float("nan"),))}
            if result.values
            else asdict(result)
            for result in results
        ]
        for letter, results in found.items()
    }


def _machine() -> dict[str, object]:
    from graders.classroom.pool import default_jobs

    return {
        "when": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "processors": default_jobs(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("torch", "nbgrader", "pytest")},
    }


def _draw(found: dict[str, list[Result]], path: Path) -> None:
    """Draw the times on one logarithmic axis, each with its spread."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    timed = [one for results in found.values() for one in results if _milliseconds(one)]
    if not timed:
        return
    figure, axes = pyplot.subplots(figsize=(8, 0.6 + 0.32 * len(timed)), layout="constrained")
    for place, one in enumerate(reversed(timed)):
        values = _milliseconds(one)
        axes.plot([min(values), max(values)], [place, place], color="#9ecae1", linewidth=5)
        axes.plot(statistics.median(values), place, "o", color="#08519c")
    axes.set_yticks(range(len(timed)), [f"{one.name} ({one.unit})" for one in reversed(timed)])
    axes.set_xscale("log")
    axes.set_xlabel("milliseconds: median, smallest and largest")
    axes.grid(axis="x", color="#dddddd")
    figure.savefig(path, dpi=120)


def _milliseconds(result: Result) -> list[float]:
    """Give the values of a time in ms; nothing for what is not a time."""
    unit = result.unit.partition("/")[0]
    factor = {"s": 1000.0, "ms": 1.0}.get(unit)
    return [factor * value for value in result.values] if factor else []


if __name__ == "__main__":
    typer.run(main)
