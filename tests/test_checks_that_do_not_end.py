"""An answer whose loop never ends is told so in the notebook, and the notebook goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import jupytext
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel

from graders import course
from graders.course.notebook import SCRIPT, grade_id, without_hidden_tests

pytestmark = pytest.mark.slow
ENDLESS = """def newton(func, x0, **settings):
    print('begun', flush=True)
    while True:
        x0 = x0 + 0
"""
CALL = "newton(f, [1.0, 2.0]) with f = 3x² + 2xy + 3y²"
CELLS = {
    grade_id(cell): without_hidden_tests(cell.source)
    for cell in jupytext.reads(
        course.topic("newton").solution.read_text(encoding="utf-8"), fmt=SCRIPT
    ).cells
    if cell.cell_type == "code"
}


@pytest.fixture(scope="module")
def kernel() -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    """A kernel in which everything but the answer has been run."""
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        for name in ("setup", "demo-check-tools", "demo-check-newton"):
            assert run(client, CELLS[name])[0] == "ok"
        yield manager, client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def run(
    client: BlockingKernelClient, source: str, seen: threading.Event | None = None
) -> tuple[str, str]:
    """Run a cell, and give how it ended and what it wrote on stderr or raised."""
    said: list[str] = []

    def hear(message: dict[str, dict[str, str]]) -> None:
        content = message["content"]
        if content.get("name") == "stderr":
            said.append(content["text"])
        if content.get("name") == "stdout" and seen is not None:
            seen.set()

    reply = client.execute_interactive(source, output_hook=hear, timeout=120)["content"]
    raised = f"{reply['ename']}: {reply['evalue']}" if reply["status"] == "error" else ""
    return reply["status"], "".join(said) + raised


def test_a_check_is_stopped_after_its_time_and_says_where_the_loop_is(
    kernel: tuple[KernelManager, BlockingKernelClient],
) -> None:
    _, client = kernel
    run(client, ENDLESS)
    status, said = run(client, f"PATIENCE = 1\n{CELLS['check-newton']}")
    first, stopped, line = said.strip().splitlines()
    assert (status, first) == ("ok", f"✗ {CALL}")
    assert stopped == " was stopped after 1 seconds. Does its loop end?"
    assert line in (" at line 3 of your code: while True:", " at line 4 of your code: x0 = x0 + 0")


def test_who_interrupts_it_ends_the_cell_and_is_told_which_call_it_was(
    kernel: tuple[KernelManager, BlockingKernelClient],
) -> None:
    manager, client = kernel
    run(client, ENDLESS)
    begun = threading.Event()

    def interrupt() -> None:
        begun.wait(60)
        manager.interrupt_kernel()

    hand = threading.Thread(target=interrupt)
    hand.start()
    status, said = run(client, f"PATIENCE = 60\n{CELLS['check-newton']}", begun)
    hand.join()
    assert (status, said) == ("error", f"Stopped: {CALL}")


def test_a_check_that_ends_leaves_no_timer_behind(
    kernel: tuple[KernelManager, BlockingKernelClient],
) -> None:
    _, client = kernel
    run(client, "def newton(func, x0, **settings):\n    raise ValueError('no')")
    assert "raised ValueError: no" in run(client, f"PATIENCE = 60\n{CELLS['check-newton']}")[1]
    left = "assert not any(isinstance(one, Timer) for one in threading.enumerate())"
    assert run(client, f"import time\ntime.sleep(0.2)\n{left}") == ("ok", "")
