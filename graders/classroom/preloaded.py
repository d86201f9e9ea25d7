"""What every process of a pool needs, imported once for all of them where the system can fork."""

from __future__ import annotations

import gc
import os
import signal

from graders.course.collector import without_collecting
from graders.sandbox.processes import ONE_THREAD

# Ctrl-C is for the process that shares the work out.
signal.signal(signal.SIGINT, signal.SIG_IGN)
# There are as many processes as processors.
os.environ.update(ONE_THREAD)

with without_collecting():
    import torch

    import graders.classroom.converters
    import graders.judge.process_session  # noqa: F401

    # The first derivative in forward mode imports 800 modules.
    _one = torch.ones(1)
    torch.func.jvp(torch.func.grad(torch.sum), (_one,), (_one,))
    gc.freeze()
