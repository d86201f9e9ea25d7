"""A dask cluster as an executor: submissions travel there as bytes, verdicts come back as JSON."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

RETRIES = 3
CONNECT_SECONDS = 30
BATCHES_AHEAD = 64


class ClusterError(Exception):
    """The cluster cannot be used; the message says why."""


class ClusterExecutor(Executor):
    """The workers behind a scheduler. A worker that is lost costs its tasks another try."""

    def __init__(self, address: str) -> None:
        """Connect to the scheduler at `address`, like tcp://10.0.0.1:8786."""
        try:
            from distributed import Client
        except ImportError:
            raise ClusterError(
                "--scheduler needs dask: pip install 'second-derivatives-dojo[cluster]'"
            ) from None
        try:
            self._client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ClusterError(f"no scheduler answers at {address}: {error}") from None
        self._tasks = self._client.get_executor(pure=False, retries=RETRIES)

    def workers(self) -> int:
        """Count the workers that are there now."""
        return len(self._client.nthreads())

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run a function of the course on one of the workers."""
        return self._tasks.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take leave of the scheduler."""
        self._tasks.shutdown(wait=wait)
        self._client.close()
