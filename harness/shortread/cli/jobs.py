"""Several implementations at once, each checked in a process of its own."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkContext, ForkProcess
from multiprocessing.sharedctypes import Synchronized
from typing import TypeAlias

from shortread.engine.check import INTERRUPTED
from shortread.errors import HarnessBug, ImplementationError
from shortread.implementations import end_all
from shortread.results import Run

Task: TypeAlias = Callable[[], Run]
_Result: TypeAlias = tuple[int, Run | BaseException]


def run_all(tasks: Sequence[Task], jobs: int) -> Generator[Run]:
    """The runs in the order of their tasks, `jobs` at once.

    Raises what a task raises, and KeyboardInterrupt behind everything that was finished by then, or could be told. No
    process is left.
    """
    context = multiprocessing.get_context("fork")
    crew = _Crew(context, tasks, jobs)
    results: dict[int, Run | BaseException] = {}
    shown = 0
    try:
        while shown < len(tasks):
            while shown not in results:
                results.update(crew.next_results())
            yield _run_of(results.pop(shown))
            shown += 1
    except KeyboardInterrupt:
        crew.interrupt()
        results.update(crew.last_results())
        yield from (run for _, run in sorted(results.items()) if isinstance(run, Run))
        raise
    finally:
        crew.interrupt()
        crew.last_results()


class _Crew:
    """Processes that take one task after the other, and send back what it came to."""

    def __init__(self, context: ForkContext, tasks: Sequence[Task], jobs: int) -> None:
        taken = context.Value("l", 0)
        self._workers: dict[Connection, ForkProcess] = {}
        for _ in range(min(jobs, len(tasks))):
            reading_end, writing_end = context.Pipe(duplex=False)
            # A fork has the tasks; they could not be sent.
            worker = context.Process(target=_work, args=(tasks, taken, writing_end), daemon=True)
            worker.start()
            writing_end.close()
            self._workers[reading_end] = worker

    def next_results(self) -> list[_Result]:
        """At least one result. Raises HarnessBug when nobody is left who could send one."""
        while self._workers:
            if results := self._receive():
                return results
        raise HarnessBug("the processes that check implementations have ended before all were checked")

    def interrupt(self) -> None:
        """Let each end what it does, and take nothing more."""
        for worker in self._workers.values():
            worker.terminate()

    def last_results(self) -> list[_Result]:
        """Whatever is still sent, until all have ended."""
        results: list[_Result] = []
        while self._workers:
            results += self._receive()
        return results

    def _receive(self) -> list[_Result]:
        """Wait until some have sent a result, or have ended."""
        results: list[_Result] = []
        for reading_end in wait(list(self._workers)):
            assert isinstance(reading_end, Connection)
            try:
                results.append(reading_end.recv())
            except EOFError:
                self._workers.pop(reading_end).join()
                reading_end.close()
        return results


def _run_of(result: Run | BaseException) -> Run:
    if isinstance(result, BaseException):
        raise result
    return result


def _work(tasks: Sequence[Task], taken: Synchronized[int], results: Connection) -> None:
    """Take tasks until there are none, or one was interrupted. Nothing that they started is left."""
    try:
        with suppress(KeyboardInterrupt):
            while (index := _next(taken)) < len(tasks):
                result = _outcome_of(tasks[index])
                results.send((index, result))
                if isinstance(result, KeyboardInterrupt) or getattr(result, "reason", "") == INTERRUPTED:
                    return
    finally:
        # A copy of a process ends without what is done where Python ends; and who is impatient interrupts twice.
        with suppress(ImplementationError):
            end_all()


def _next(taken: Synchronized[int]) -> int:
    with taken.get_lock():
        taken.value += 1
        return taken.value - 1


def _outcome_of(task: Task) -> Run | BaseException:
    try:
        return task()
    except BaseException as error:
        # Whoever hears of it may end this process at once.
        with suppress(ImplementationError):
            end_all()
        return error
