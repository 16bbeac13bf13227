"""A flawed server that is a copy of this process: it has everything already that a program has to load first."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import itertools
import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from typing import NoReturn

from shortread.implementations.output import Output
from shortread.implementations.threads import ThreadWatch
from shortread.implementations.tree import ProcessTree
from shortread.wire.network import HOST_NETWORK
from shortread.wire.opening import Connecting
from shortread.wire.watch import Watch

Serve = Callable[[socket.socket], NoReturn]
"""Accepts connections for ever."""

_BACKLOG = 128
_PR_SET_PDEATHSIG = 1
_KEPT = (1, 2, 3)
"""The descriptors of the copy behind its input: what it prints, its errors, and where it listens."""

_numbers = itertools.count(1)


class ForkedServer:
    """A running server on a loopback address, from its making until `end`: a process, and connections like any other.

    It dies with the thread that made it. With a transcript, its standard output is kept.
    """

    def __init__(self, serve: Serve, address: str, *, has_transcript: bool, patience_seconds: float) -> None:
        ours, theirs = socket.socketpair()
        with ours:
            with theirs, socket.create_server((address, 0), backlog=_BACKLOG) as listener:
                self._address: tuple[str, int] = listener.getsockname()[:2]
                self._pid = os.fork()
                if not self._pid:
                    _become_server(serve, listener, theirs)
            # Its output is read by threads, and a process with threads must not be copied: they come behind that.
            self._has_transcript = has_transcript
            self._output = Output(is_terminal=has_transcript)
            self._errors = Output()
            socket.send_fds(ours, [b"\0"], [self._output.writing_end, self._errors.writing_end])
            # It says nothing, but lets go of its end with everything else that is not its own.
            ours.recv(1)
        self._has_ended = False
        self._handle = os.pidfd_open(self._pid)
        for output in (self._output, self._errors):
            output.close_writing_end()
        self._tree = ProcessTree(self._pid, mark=f"{os.getpid()}.fork{next(_numbers)}")
        self._watch = ThreadWatch(self._tree, death=self._death, patience_seconds=patience_seconds)

    @property
    def opening(self) -> Connecting:
        """Connects to it."""
        return Connecting(self._address, HOST_NETWORK)

    @property
    def watch(self) -> Watch:
        """Looks at its process."""
        return self._watch

    @property
    def processes(self) -> tuple[int, ...]:
        """The id of its process, while that lives."""
        return self._tree.living()

    @property
    def transcript(self) -> Output | None:
        """What it prints, where that tells what it understood."""
        return self._output if self._has_transcript else None

    @property
    def is_flooding(self) -> bool:
        """Whether it printed so much that its output is not read any more."""
        return self._output.is_flooding

    def output_tail(self) -> str:
        """What it printed last, safe to show."""
        return "\n".join(filter(None, (self._output.tail(), self._errors.tail())))

    def end(self) -> None:
        """End it; again is fine."""
        try:
            self._end()
        except KeyboardInterrupt:
            # An impatient second interrupt must not leave it behind.
            self._end()
            raise

    def _end(self) -> None:
        if self._has_ended:
            return
        self._watch.close()
        self._tree.end()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self._pid, 0)
        self._has_ended = True
        os.close(self._handle)
        for output in (self._output, self._errors):
            output.close()

    def _death(self) -> str | None:
        """How it ended by itself; None while it lives."""
        if self._has_ended:
            return None
        ended = os.waitid(os.P_PIDFD, self._handle, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if ended is None:
            return None
        how = "exited with status" if ended.si_code == os.CLD_EXITED else "was ended by signal"
        return f"{how} {ended.si_status}"


def _become_server(serve: Serve, listener: socket.socket, harness: socket.socket) -> NoReturn:
    """What the copy does: it lets go of everything that is the harness's own, and serves."""
    try:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        # What is found to be garbage from now on would close descriptors that are others' by then.
        gc.freeze()
        _, outputs, _, _ = socket.recv_fds(harness, 1, 2)
        for source, kept in zip((*outputs, listener.fileno()), _KEPT, strict=True):
            os.dup2(source, kept)
        os.closerange(_KEPT[-1] + 1, os.sysconf("SC_OPEN_MAX"))
        sys.stdout, sys.stderr = (os.fdopen(kept, "w", buffering=1, closefd=False) for kept in _KEPT[:2])
        serve(socket.socket(fileno=_KEPT[-1]))
    except BaseException:
        # Whatever it is, it must not return to where the harness goes on.
        traceback.print_exc()
    finally:
        os._exit(1)
