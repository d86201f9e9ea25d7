"""What every process of a pool needs, imported once for all of them where the system can fork."""

from __future__ import annotations

import gc
import os

# One thread each, told before torch is imported: there are as many processes as processors.
os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import torch

import graders.classroom.converters
import graders.judge.judging  # noqa: F401

# The first derivative in forward mode imports 800 modules.
_one = torch.ones(1)
torch.func.jvp(torch.func.grad(torch.sum), (_one,), (_one,))
gc.collect()
gc.freeze()
