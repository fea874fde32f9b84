"""Work on all cores, in order, with little waiting in memory.

`Cores.map` is the builtin `map` done by other processes: results come in the order of the items,
and items are taken from their source only as processes get free.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from multiprocessing import get_context, parent_process
from types import TracebackType
from typing import Protocol, Self, TypeVar

A = TypeVar("A")
B = TypeVar("B")

WAITING = 2  # items that wait for each process, beside the one it works on


class InOrder(Protocol):
    """What `map` and `Cores.map` have in common."""

    def __call__(self, function: Callable[[A], B], items: Iterable[A], /) -> Iterator[B]:
        """Yield the function's results in the order of the items."""


def by_chunks(
    function: Callable[[list[A]], Iterable[B]], items: Iterable[A], size: int, in_order: InOrder
) -> Iterator[B]:
    """Yield what a function of a module makes of items, so many of which go to a process at once.

    Args:
        function: Makes results of a chunk of items, in their order.
        items: Taken as processes get free.
        size: Of a chunk; the last may be smaller.
        in_order: Makes the chunks, here or on all cores.

    """
    source = iter(items)
    chunks = iter(lambda: list(islice(source, size)), [])
    return chain.from_iterable(in_order(function, chunks))


class Cores:
    """Processes that are started when there is something to do, and gone at the end.

    Args:
        workers: How many; one means this process itself, `None` as many as there are cores.

    Raises:
        ValueError: The number is below one.

    """

    def __init__(self, workers: int | None = None) -> None:
        if workers is not None and workers < 1:
            raise ValueError(f"workers is {workers}; give 1 or more")
        self.workers = workers or os.cpu_count() or 1
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        """Start nothing yet."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait for what is being worked on, drop what waits."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def map(self, function: Callable[[A], B], items: Iterable[A], /) -> Iterator[B]:
        """Yield the function's results in the order of the items.

        Args:
            function: A function of a module, not of another function: it goes to processes.
            items: Taken one by one; each goes to a process, and so should be worth the way.

        """
        if self.workers == 1:
            yield from map(function, items)
            return
        waiting: deque[Future[B]] = deque()
        for item in items:
            waiting.append(self._started().submit(function, item))
            if len(waiting) > WAITING * self.workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # Not forked: a caller's threads (progress bars) would be caught holding their locks.
            self._pool = ProcessPoolExecutor(
                self.workers, mp_context=get_context("spawn"), initializer=_follow_the_caller
            )
        return self._pool


def _follow_the_caller() -> None:
    """Leave Ctrl-C to the caller, and end when it was killed; a pool's process would wait on."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_caller, daemon=True).start()


def _end_with_the_caller() -> None:
    caller = parent_process()
    assert caller  # this runs in a process of a pool
    caller.join()
    os._exit(1)
