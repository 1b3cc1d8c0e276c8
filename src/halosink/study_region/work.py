"""Tiles done by threads of this process, or by the workers of a Dask cluster: the same results in the same order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from halosink.settings_region import Machine

T = TypeVar("T")
R = TypeVar("R")
RETRIES = 4
"""Own choice: how often a tile is begun anew whose worker died."""
AHEAD = 3
"""Own choice: tiles per worker or thread that are under way or wait, so that results do not pile up."""
THREADS = 4
"""Own choice: a tile of 1024 cells takes some 300 MB while it is worked on."""
ANSWER = 20.0
"""s, which a scheduler has to answer and to bring a worker. Own choice."""


class NoSchedulerError(OSError):
    """A scheduler that does not answer, or has no workers."""


@dataclass(frozen=True, slots=True)
class Crew:
    """Who works. Without a client, so many threads of this process."""

    client: Any = None
    workers: int = 1

    def each(self, function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """function of each item, in their order. It has to be importable, and to give the same when called again.

        A cluster gets the function, with all that `partial` gave it, once.
        """
        if self.client is None and self.workers == 1:
            yield from map(function, items)
        elif self.client is None:
            with ThreadPoolExecutor(self.workers) as pool:
                yield from self._in_order(items, lambda item: pool.submit(function, item))
        else:
            there = self.client.submit(_same, function, pure=False, retries=RETRIES)
            yield from self._in_order(
                items, lambda item: self.client.submit(_call, there, item, pure=False, retries=RETRIES)
            )

    def _in_order(self, items: Iterable[T], begin: Callable[[T], Any]) -> Iterator[Any]:
        waiting: deque[Any] = deque()
        try:
            for item in items:
                waiting.append(begin(item))
                if len(waiting) >= AHEAD * self.workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _same(function: Callable[[T], R]) -> Callable[[T], R]:
    return function


def _call(function: Callable[[T], R], item: T) -> R:
    return function(item)


@contextmanager
def crew(machine: Machine) -> Iterator[Crew]:
    """Threads of this process, processes of this computer, or a cluster that is already there.

    Raises NoSchedulerError if the scheduler does not answer or brings no worker.
    """
    if not machine.scheduler and machine.workers == 1:
        yield Crew(workers=min(THREADS, cores()))
        return
    import dask
    from distributed import Client, LocalCluster

    # Joined patches of a large map may be more than the 10 MB above which Dask warns of what it is sent.
    settings = {
        "distributed.scheduler.allowed-failures": RETRIES, "distributed.admin.large-graph-warning-threshold": "4GB",
    }  # fmt: skip
    with dask.config.set(settings):
        if machine.scheduler:
            with _client(machine.scheduler) as client:
                yield Crew(client, max(1, sum(client.nthreads().values())))
            return
        # Without an address Dask takes port 8787 for its state, and warns where another cluster has it.
        local = {"n_workers": machine.workers, "threads_per_worker": 1, "dashboard_address": "127.0.0.1:0"}
        cluster = LocalCluster(**local)  # type: ignore[no-untyped-call]
        with cluster, Client(cluster) as client:  # type: ignore[no-untyped-call]
            yield Crew(client, machine.workers)


def _client(address: str) -> Any:
    from distributed import Client

    try:
        client = Client(address, timeout=ANSWER)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise NoSchedulerError(str(error) or type(error).__name__) from error
    try:
        client.wait_for_workers(1, timeout=ANSWER)
    except OSError as error:
        client.close()  # type: ignore[no-untyped-call]
        raise NoSchedulerError("no worker") from error
    return client


def cores() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
