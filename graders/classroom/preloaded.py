"""What every process of a pool needs, imported once for all of them where the system can fork."""

from __future__ import annotations

import gc
import os
import signal

from graders.sandbox.processes import ONE_THREAD

# Ctrl-C is for the process that shares the work out.
signal.signal(signal.SIGINT, signal.SIG_IGN)
# There are as many processes as processors.
os.environ.update(ONE_THREAD)

# While importing there is no garbage to look for, and looking takes a tenth of the time.
gc.disable()

import torch  # noqa: E402

import graders.classroom.converters  # noqa: E402
import graders.judge.process_session  # noqa: E402, F401

# The first derivative in forward mode imports 800 modules.
_one = torch.ones(1)
torch.func.jvp(torch.func.grad(torch.sum), (_one,), (_one,))
gc.freeze()
gc.enable()
