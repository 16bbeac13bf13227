"""The system calls in which a thread waits, and how long each of them can last.

`CALLS` is the whole knowledge: a call that is not in it ends by itself, as far as anybody can tell here. What
the arguments cannot show, the table cannot know: a socket with SO_RCVTIMEO, a timerfd inside an epoll set, a
timer that sends a signal and io_uring (left out, since its timeouts lie in the ring) end calls that look
endless.

Numbers follow arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h.
"""

from __future__ import annotations

import math
import struct
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from shortread.wire.watch import Activity

_FUTEX_WAIT = 0
_FUTEX_COMMANDS_WITH_DEADLINE = frozenset({6, 9, 11, 13})  # LOCK_PI, WAIT_BITSET, WAIT_REQUEUE_PI, LOCK_PI2
_FUTEX_LOCK_PI = 6
_FUTEX_COMMAND_MASK = 127
_FUTEX_CLOCK_REALTIME = 256
_TIMER_ABSTIME = 1
_LOCK_COMMANDS = frozenset({7, 38})  # F_SETLKW, F_OFD_SETLKW
_CLOCKS = frozenset({time.CLOCK_REALTIME, time.CLOCK_MONOTONIC, 7})  # 7 is CLOCK_BOOTTIME
_TWO_LONGS = struct.Struct("=qq")
_EVENT_FILES = (
    "socket:",
    "pipe:",
    "/dev/pts/",
    "/dev/tty",
    "anon_inode:[eventfd]",
    "anon_inode:[signalfd]",
    "anon_inode:inotify",
)


@dataclass(frozen=True, slots=True)
class Wait:
    """How long a call lasts if no event ends it.

    `limit_ns` is a duration from the call's start, or with a `clock` the time on it at which the call ends.
    """

    limit_ns: float
    clock: int | None = None

    def activity(self, patience_ns: float) -> Activity:
        """Whether the call can end by itself within the patience.

        When a call with a duration was begun cannot be seen, so all of its duration counts.
        """
        left_ns = self.limit_ns if self.clock is None else self.limit_ns - time.clock_gettime_ns(self.clock)
        return Activity.BLOCKED if left_ns > patience_ns else Activity.TIMED


ENDLESS = Wait(math.inf)
UNKNOWN = Wait(0)
"""The call has a time limit that cannot be told."""


class Process(Protocol):
    """What has to be known of the process that made a call."""

    def memory(self, address: int, size_bytes: int) -> bytes | None:
        """So many octets of its memory; None when they cannot be read."""
        ...

    def open_file(self, descriptor: int) -> str | None:
        """What `/proc/PID/fd/N` points at; None when that cannot be told."""
        ...


Arguments = Sequence[int]
Rule = Callable[[Arguments, Process], Wait | None]
"""How long a call with these arguments waits; None when it does not wait for an event or a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One system call: its number on each machine that has it, and how long it waits."""

    name: str
    x86_64: int | None = None
    aarch64: int | None = None
    rule: Rule


def _endless(_: Arguments, __: Process) -> Wait:
    return ENDLESS


def _unknown(_: Arguments, __: Process) -> Wait:
    return UNKNOWN


def _milliseconds(argument: int) -> Rule:
    """An `int` of milliseconds; a negative one is endless."""

    def rule(arguments: Arguments, _: Process) -> Wait:
        # An int is shown as the whole register, with or without its sign extended.
        value = (arguments[argument] & 0xFFFFFFFF ^ 0x80000000) - 0x80000000
        return ENDLESS if value < 0 else Wait(value * 1e6)

    return rule


def _timespec(argument: int) -> Rule:
    """A pointer to seconds and nanoseconds; NULL is endless."""
    return lambda arguments, process: _pointed(arguments[argument], process)


def _timeval(argument: int) -> Rule:
    """A pointer to seconds and microseconds; NULL is endless."""
    return lambda arguments, process: _pointed(arguments[argument], process, unit_ns=1000)


def _file(arguments: Arguments, process: Process) -> Wait | None:
    """Reading or writing a descriptor: a socket or pipe waits for the other end, a disk or timer does not."""
    file = process.open_file(arguments[0])
    return ENDLESS if file is not None and file.startswith(_EVENT_FILES) else None


def _file_lock(arguments: Arguments, _: Process) -> Wait | None:
    return ENDLESS if arguments[1] in _LOCK_COMMANDS else None


def _futex(arguments: Arguments, process: Process) -> Wait | None:
    """futex(2): FUTEX_WAIT has a duration, the other waits have a deadline; the rest does not wait."""
    command = arguments[1] & _FUTEX_COMMAND_MASK
    if command == _FUTEX_WAIT:
        return _pointed(arguments[3], process)
    if command not in _FUTEX_COMMANDS_WITH_DEADLINE:
        return None
    is_real_time = command == _FUTEX_LOCK_PI or arguments[1] & _FUTEX_CLOCK_REALTIME
    clock = time.CLOCK_REALTIME if is_real_time else time.CLOCK_MONOTONIC
    return _pointed(arguments[3], process, clock=clock)


def _futex_waitv(arguments: Arguments, process: Process) -> Wait:
    return _pointed(arguments[3], process, clock=arguments[4])


def _clock_nanosleep(arguments: Arguments, process: Process) -> Wait:
    return _pointed(arguments[2], process, clock=arguments[0] if arguments[1] & _TIMER_ABSTIME else None)


def _pointed(address: int, process: Process, *, clock: int | None = None, unit_ns: int = 1) -> Wait:
    if address == 0:
        return ENDLESS
    octets = process.memory(address, _TWO_LONGS.size)
    if octets is None or (clock is not None and clock not in _CLOCKS):
        return UNKNOWN
    seconds, fraction = _TWO_LONGS.unpack(octets)
    return Wait(seconds * 10**9 + fraction * unit_ns, clock)


CALLS: tuple[Call, ...] = (
    Call(name="read", x86_64=0, aarch64=63, rule=_file),
    Call(name="readv", x86_64=19, aarch64=65, rule=_file),
    Call(name="write", x86_64=1, aarch64=64, rule=_file),
    Call(name="writev", x86_64=20, aarch64=66, rule=_file),
    Call(name="accept", x86_64=43, aarch64=202, rule=_endless),
    Call(name="accept4", x86_64=288, aarch64=242, rule=_endless),
    Call(name="recvfrom", x86_64=45, aarch64=207, rule=_endless),
    Call(name="recvmsg", x86_64=47, aarch64=212, rule=_endless),
    Call(name="recvmmsg", x86_64=299, aarch64=243, rule=_timespec(4)),
    Call(name="sendto", x86_64=44, aarch64=206, rule=_endless),
    Call(name="sendmsg", x86_64=46, aarch64=211, rule=_endless),
    Call(name="sendmmsg", x86_64=307, aarch64=269, rule=_endless),
    Call(name="poll", x86_64=7, rule=_milliseconds(2)),
    Call(name="ppoll", x86_64=271, aarch64=73, rule=_timespec(2)),
    Call(name="select", x86_64=23, rule=_timeval(4)),
    Call(name="pselect6", x86_64=270, aarch64=72, rule=_timespec(4)),
    Call(name="epoll_wait", x86_64=232, rule=_milliseconds(3)),
    Call(name="epoll_pwait", x86_64=281, aarch64=22, rule=_milliseconds(3)),
    Call(name="epoll_pwait2", x86_64=441, aarch64=441, rule=_timespec(3)),
    Call(name="futex", x86_64=202, aarch64=98, rule=_futex),
    Call(name="futex_waitv", x86_64=449, aarch64=449, rule=_futex_waitv),
    Call(name="nanosleep", x86_64=35, aarch64=101, rule=_timespec(0)),
    Call(name="clock_nanosleep", x86_64=230, aarch64=115, rule=_clock_nanosleep),
    # After a signal or a stop the kernel goes on with what is left of a time that is not among the arguments.
    Call(name="restart_syscall", x86_64=219, aarch64=128, rule=_unknown),
    Call(name="wait4", x86_64=61, aarch64=260, rule=_endless),
    Call(name="waitid", x86_64=247, aarch64=95, rule=_endless),
    Call(name="pause", x86_64=34, rule=_endless),
    Call(name="rt_sigsuspend", x86_64=130, aarch64=133, rule=_endless),
    Call(name="rt_sigtimedwait", x86_64=128, aarch64=137, rule=_timespec(2)),
    Call(name="flock", x86_64=73, aarch64=32, rule=_endless),
    Call(name="fcntl", x86_64=72, aarch64=25, rule=_file_lock),
    Call(name="semop", x86_64=65, aarch64=193, rule=_endless),
    Call(name="semtimedop", x86_64=220, aarch64=192, rule=_timespec(3)),
)


def rules_for(machine: str) -> Mapping[int, Rule] | None:
    """The rules by system call number, for a machine as `os.uname().machine` names it, or None."""
    if machine == "x86_64":
        return {call.x86_64: call.rule for call in CALLS if call.x86_64 is not None}
    if machine == "aarch64":
        return {call.aarch64: call.rule for call in CALLS if call.aarch64 is not None}
    return None
