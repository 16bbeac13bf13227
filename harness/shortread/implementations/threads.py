"""What every thread of an implementation is doing, read from /proc (the `Watch` of `wire.watch`).

Two readings frame every settled boundary, so a reading costs two `pread` calls for a thread, one more for all
of them together, and arithmetic only where something has changed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

import psutil

from shortread.implementations.calls import Rule, Wait, rules_for
from shortread.implementations.tree import ProcessTree, process_status, thread_ids
from shortread.wire.watch import Activity, Reading, ThreadReading, Usage

_GONE = (FileNotFoundError, ProcessLookupError)
_ZOMBIE = b"-1 0x0 0x0"
_FOREIGN_STACK_LIMIT = 1 << 32
_CALL_BYTES = 256
_RAN_BYTES = 96


class ThreadWatch:
    """Reads all threads of a process tree. Linux, x86_64 and aarch64; not for use by two threads at once.

    `death` says how the first process ended, None while it lives. A thread counts as blocked when its call
    lasts longer than `patience_seconds`. Descriptors stay open for every thread that was seen, until `close`.
    """

    def __init__(self, tree: ProcessTree, *, death: Callable[[], str | None], patience_seconds: float) -> None:
        self._tree = tree
        self._death = death
        self._patience_ns = patience_seconds * 1e9
        self._rules = rules_for(os.uname().machine)
        self._threads: tuple[_Thread, ...] = ()
        self._scanned: Reading = ()
        self._scanned_as_of: bytes | None = None
        self._newest = _NewestProcess()
        self._complete_as_of: bytes | None = None
        self._is_closed = False

    def death(self) -> str | None:
        """How the implementation's first process ended; None while it lives."""
        return self._death()

    def read(self) -> Reading | None:
        """Read all threads now; None on a machine whose calls are not known, or without the right to look."""
        if self._is_closed:
            return ()
        if self._rules is None:
            return None
        try:
            newest = self._newest.read()
            if newest is None or newest != self._complete_as_of:
                return self._scan(newest, self._rules)
            return self._read_threads()
        except PermissionError:
            return None

    def usage(self) -> Usage | None:
        """What its processes have now; None without the right to look."""
        total = Usage(0, 0, 0)
        for pid in self._tree.living():
            try:
                process = psutil.Process(pid)
                total = Usage(
                    total.descriptors + process.num_fds(),
                    total.threads + process.num_threads(),
                    total.resident_bytes + process.memory_info().rss,
                )
            except psutil.NoSuchProcess:
                continue
            except psutil.AccessDenied:
                return None
        return total

    def close(self) -> None:
        """Close every descriptor; from then on readings are empty. Again is fine."""
        self._is_closed = True
        for thread in self._threads:
            thread.close()
        self._threads = ()
        self._newest.close()

    def _scan(self, newest: bytes | None, rules: Mapping[int, Rule]) -> Reading:
        """Find the threads anew, then read them.

        A scan misses what is just being created, or moves from a dying parent to us. Two scans in a row miss
        nothing when nobody was created from before the first to before the second, both found the same, and
        none of those ran meanwhile: whoever the first missed has a place by then in which the second looks.
        """
        before = (newest, self._threads, self._scanned)
        exiting = self._find_threads(rules)
        self._scanned = tuple(sorted(self._read_threads() + exiting, key=lambda thread: thread.thread_id))
        is_still = all(thread.activity is not Activity.RUNNING for thread in self._scanned)
        is_same = before == (self._scanned_as_of, self._threads, self._scanned)
        self._complete_as_of = newest if is_still and is_same else None
        self._scanned_as_of = newest
        return self._scanned

    def _read_threads(self) -> Reading:
        readings = []
        is_anyone_gone = False
        for thread in self._threads:
            try:
                reading = thread.read(self._patience_ns)
            except _GONE:
                is_anyone_gone = True
                continue
            if reading is not None:
                readings.append(reading)
        if is_anyone_gone:
            # Its id may pass to a new thread, which only a scan finds.
            self._complete_as_of = None
        return tuple(readings)

    def _find_threads(self, rules: Mapping[int, Rule]) -> Reading:
        """Open what is new and close what has ended; gives those that are too far gone to be opened."""
        old: dict[tuple[int, int], _Thread | None] = {
            (thread.process_id, thread.id): thread for thread in self._threads if not thread.is_gone()
        }
        found: list[_Thread] = []
        exiting: list[ThreadReading] = []
        try:
            for pid in self._tree.scan():
                for tid in thread_ids(pid):
                    try:
                        found.append(old.pop((pid, tid), None) or _Thread(pid, tid, rules))
                    except _GONE:
                        continue
                    except PermissionError as refusal:
                        exiting += _exiting(tid, refusal)
        finally:
            for thread in set(self._threads).difference(found):
                thread.close()
            self._threads = tuple(sorted(found, key=lambda thread: thread.id))
        return tuple(exiting)


def _exiting(tid: int, refusal: PermissionError) -> Reading:
    """How a thread that may not be looked at counts, when that is because it is exiting.

    With its memory goes the owner of its files in /proc. Until it is dead it runs: it still closes its sockets.
    Raises the refusal when the thread is not exiting.
    """
    status = process_status(tid)
    if status is None or not status.is_alive:
        return ()
    if status.is_exiting:
        return (ThreadReading(tid, Activity.RUNNING, 0, 0),)
    raise refusal


class _NewestProcess:
    """The id that the kernel gave out last in our PID namespace, to any process or thread.

    While it stays the same nobody has created anything, so a list of threads can only have become shorter.
    """

    def __init__(self) -> None:
        self._file = os.open("/proc/loadavg", os.O_RDONLY | os.O_CLOEXEC)
        # A container may lay a file over it that tells of another namespace, or of some time ago.
        self._is_genuine = os.fstat(self._file).st_dev == os.stat("/proc").st_dev  # noqa: PTH116

    def read(self) -> bytes | None:
        """The id; None where it cannot be told."""
        if not self._is_genuine:
            return None
        return os.pread(self._file, 128, 0).rsplit(None, 1)[-1]

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._file = -1


class _Thread:
    """One thread and its open files in /proc. Raises an error of `_GONE` when it has ended."""

    def __init__(self, pid: int, tid: int, rules: Mapping[int, Rule]) -> None:
        self.process_id = pid
        self.id = tid
        self._rules = rules
        self._call = os.open(f"/proc/{pid}/task/{tid}/syscall", os.O_RDONLY | os.O_CLOEXEC)
        try:
            self._ran = os.open(f"/proc/{pid}/task/{tid}/schedstat", os.O_RDONLY | os.O_CLOEXEC)
        except BaseException:
            os.close(self._call)
            raise
        self._call_text = self._ran_text = b""
        self._wait: Wait | None = None
        self._reading: ThreadReading | None = None

    def read(self, patience_ns: float) -> ThreadReading | None:
        """What it does now; None for a zombie."""
        call = os.pread(self._call, _CALL_BYTES, 0)
        ran = os.pread(self._ran, _RAN_BYTES, 0)
        # Whoever has not run is still in the same call; whoever has shows it in the times and in their count.
        if call != self._call_text or ran != self._ran_text:
            self._call_text, self._ran_text = call, ran
            self._wait = self._parse_call(call)
            self._reading = None if call.startswith(_ZOMBIE) else self._new_reading(ran, patience_ns)
        elif self._wait is not None and self._wait.clock is not None:
            self._reading = self._new_reading(ran, patience_ns)
        return self._reading

    def is_gone(self) -> bool:
        """Whether these files belong to a thread that ended, whatever now has its id."""
        try:
            os.pread(self._ran, _RAN_BYTES, 0)
        except _GONE:
            return True
        return False

    def close(self) -> None:
        """Close the files."""
        os.close(self._call)
        os.close(self._ran)

    def memory(self, address: int, size_bytes: int) -> bytes | None:
        """Part of its memory; opened anew each time, as another program may run in the process by now."""
        try:
            file = os.open(f"/proc/{self.process_id}/mem", os.O_RDONLY | os.O_CLOEXEC)
        except (*_GONE, PermissionError):
            return None
        try:
            octets = os.pread(file, size_bytes, address)
        except (OSError, OverflowError):
            return None
        finally:
            os.close(file)
        return octets if len(octets) == size_bytes else None

    def open_file(self, descriptor: int) -> str | None:
        """What a descriptor of it is open on."""
        try:
            return os.readlink(f"/proc/{self.process_id}/fd/{descriptor}")  # noqa: PTH115 - half the time of a Path
        except OSError:
            return None

    def _parse_call(self, text: bytes) -> Wait | None:
        """The wait behind `NUMBER ARGUMENT×6 STACK PROGRAM`, behind `-1 …` or `running`: see proc(5)."""
        words = text.split()
        if len(words) != 9:
            return None
        number, *arguments = (int(word, 0) for word in words[:8])
        # A program of 32 bits has other numbers. Its stack tells: that of one of 64 bits never lies so low.
        if arguments.pop() < _FOREIGN_STACK_LIMIT:
            return None
        rule = self._rules.get(number)
        return rule(arguments, self) if rule else None

    def _new_reading(self, ran: bytes, patience_ns: float) -> ThreadReading:
        activity = Activity.RUNNING if self._wait is None else self._wait.activity(patience_ns)
        cpu_ns, queued_ns, _ = ran.split()
        return ThreadReading(self.id, activity, int(cpu_ns), int(queued_ns))
