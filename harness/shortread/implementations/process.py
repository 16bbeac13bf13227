"""One command that runs, with everything that it starts, and that is ended whatever happens.

Ended means SIGKILL to its process group and to each of its descendants, wherever they moved (see `tree`),
when the context manager is left: also by an exception, by SIGINT (KeyboardInterrupt) and, inside
`interrupted_by_sigterm`, by SIGTERM and SIGHUP. A SIGKILL of the harness itself leaves the processes behind:
PR_SET_PDEATHSIG would need `preexec_fn`, which is unsafe beside threads, and fires when the starting *thread*
ends.
"""

from __future__ import annotations

import atexit
import errno
import itertools
import os
import select
import shlex
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Self

from shortread.errors import ImplementationError
from shortread.implementations.output import Output
from shortread.implementations.tree import MARK, ProcessTree, adopt_orphans

_INHERITED = ("PATH", "HOME", "TMPDIR")
_END_SIGNALS = (signal.SIGTERM, signal.SIGHUP)

_runs = itertools.count(1)
_running: set[RunningProcess] = set()


def clean_environment(additions: Mapping[str, str]) -> dict[str, str]:
    """The environment of an implementation: the same for everybody, but for where programs and files are.

    Nothing that changes buffering is set, so that output behaves as it does for a user.
    """
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {**inherited, "LANG": "C.UTF-8", "TERM": "dumb", **additions}


class RunningProcess:
    """A command in a session of its own, with no input and its output captured. Linux 5.4 or later.

    With a transcript, its standard output is a terminal of its own, and kept.

    Raises ImplementationError when it cannot be started. The first process is not reaped before `end`, so
    that its id cannot pass to another process while we use it.
    """

    def __init__(
        self, command: Sequence[str], *, folder: Path, environment: Mapping[str, str], has_transcript: bool = False
    ) -> None:
        adopt_orphans()
        mark = f"{os.getpid()}.{next(_runs)}"
        self._death: str | None = None
        self._has_ended = False
        self._lock = threading.Lock()
        self._output = Output(is_terminal=has_transcript)
        self._errors = Output() if has_transcript else self._output
        with _signals_held_back():
            try:
                self._process = subprocess.Popen(
                    command,
                    cwd=folder,
                    env={**environment, MARK: mark},
                    stdin=subprocess.DEVNULL,
                    stdout=self._output.writing_end,
                    stderr=self._errors.writing_end,
                    start_new_session=True,
                )
            except OSError as error:
                self._close_output()
                raise ImplementationError(_why_not_started(command, folder, error)) from error
            except BaseException:
                self._close_output()
                raise
            for output in self._outputs:
                output.close_writing_end()
            self._handle = os.pidfd_open(self._process.pid)
            self.tree = ProcessTree(self._process.pid, mark=mark)
            _running.add(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    @property
    def is_flooding(self) -> bool:
        """Whether it printed so much that its output is not read any more."""
        return any(output.is_flooding for output in self._outputs)

    @property
    def transcript(self) -> Output:
        """What it prints on standard output, all of it, where it has a transcript."""
        return self._output

    def output_tail(self) -> str:
        """What it printed last on standard output and standard error, safe to show; complete after `end`."""
        return "\n".join(filter(None, (output.tail() for output in self._outputs)))

    def death(self) -> str | None:
        """How the first process ended, as "exited with status 1" or "was ended by signal SIGSEGV".

        None while it lives, and after `end` when that was what ended it.
        """
        with self._lock:
            if self._death is None and not self._has_ended:
                self._death = _how_it_ended(self._handle)
            return self._death

    def wait(self, seconds: float) -> bool:
        """Wait until the first process has ended; False when it has not within the time. Not after `end`."""
        waiter = select.poll()
        waiter.register(self._handle, select.POLLIN)
        return bool(waiter.poll(seconds * 1000))

    def end(self) -> None:
        """End the process and everything that it started, and reap it; again is fine.

        Raises ImplementationError when one of them does not die of SIGKILL.
        """
        try:
            self._end()
        except KeyboardInterrupt:
            # An impatient second interrupt must not leave processes behind.
            self._end()
            raise

    def _end(self) -> None:
        self.death()
        with self._lock:
            if self._has_ended:
                return
            self.tree.end()
            # In this order, so that an interrupt between the two lets `end` do its work again.
            _running.discard(self)
            self._has_ended = True
        self._process.wait()
        os.close(self._handle)
        for output in self._outputs:
            output.close()

    def _close_output(self) -> None:
        for output in self._outputs:
            output.close_writing_end()
            output.close()

    @property
    def _outputs(self) -> tuple[Output, ...]:
        return (self._output,) if self._errors is self._output else (self._output, self._errors)


@contextmanager
def interrupted_by_sigterm() -> Iterator[None]:
    """Let SIGTERM and SIGHUP raise KeyboardInterrupt, as SIGINT does. For the main thread only."""

    def interrupt(number: int, _: FrameType | None) -> None:
        raise KeyboardInterrupt(signal.Signals(number).name)

    before = {number: signal.signal(number, interrupt) for number in _END_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _signals_held_back() -> Iterator[None]:
    """Let signals that would raise an exception wait until the block has ended.

    An interrupt between the birth of a process and our knowing it would leave it behind. Blocking the signals
    would not do: the mask is inherited.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    raising = {number: signal.getsignal(number) for number in (signal.SIGINT, *_END_SIGNALS)}
    raising = {number: handler for number, handler in raising.items() if callable(handler)}
    for number in raising:
        signal.signal(number, lambda number, _: came.append(number))
    try:
        yield
    finally:
        for number, handler in raising.items():
            signal.signal(number, handler)
        if came:
            signal.raise_signal(came[0])


@atexit.register
def end_all() -> None:
    """End what still runs, although nobody holds it: a thread was lost, or an interrupt came where it was handed over.

    It happens by itself where Python ends; a process that ends in another way has to call it. Raises
    ImplementationError when one of them does not die of SIGKILL, behind all others.
    """
    immortal: dict[RunningProcess, ImplementationError] = {}
    while left := _running - immortal.keys():
        # However impatient somebody is.
        with suppress(KeyboardInterrupt):
            for process in left:
                try:
                    process.end()
                except ImplementationError as error:
                    immortal[process] = error
    for failure in immortal.values():
        raise failure


# What a copy of this process did not start is not its own to end.
os.register_at_fork(after_in_child=_running.clear)


def _how_it_ended(handle: int) -> str | None:
    ended = os.waitid(os.P_PIDFD, handle, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    if ended is None:
        return None
    if ended.si_code == os.CLD_EXITED:
        return f"exited with status {ended.si_status}"
    return f"was ended by signal {_signal_name(ended.si_status)}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def program_of(command: Sequence[str], folder: Path) -> str:
    """The file of a command's program, as the kernel would find it when started in the folder.

    Raises ImplementationError where there is none that may be executed.
    """
    name = str(folder / command[0]) if "/" in command[0] else command[0]
    found = shutil.which(name)
    if found is None:
        number = errno.EACCES if "/" in name and Path(name).exists() else errno.ENOENT
        raise ImplementationError(_why_not_started(command, folder, OSError(number, os.strerror(number))))
    return os.path.abspath(found)  # noqa: PTH100 - links stay: they may tell a program what it is


def _why_not_started(command: Sequence[str], folder: Path, error: OSError) -> str:
    program = shlex.quote(command[0])
    if not folder.is_dir():
        return f"the folder {folder} does not exist"
    if error.errno == errno.ENOENT:
        return _why_not_found(command[0], folder)
    if error.errno == errno.EACCES:
        return f"{program} may not be executed; `chmod +x` it, or start it with its interpreter"
    if error.errno == errno.ENOEXEC:
        return f"{program} is not a program; give it a #! line, or start it with its interpreter"
    return f"{program} could not be started: {error.strerror}"


def _why_not_found(name: str, folder: Path) -> str:
    program = shlex.quote(name)
    if "/" not in name:
        return f"there is no program {program} in PATH{_nearby(name, folder)}"
    if (folder / name).exists():
        return f"the first line of {program} names an interpreter that does not exist"
    return f"there is no program {program} (a relative path starts in {folder})"


def _nearby(name: str, folder: Path) -> str:
    if (folder / name).is_file():
        return f"; write ./{name} for the file in {folder}"
    if name == "python" and shutil.which("python3"):
        return '; write "{python}" for the Python that runs shortread'
    return ""
