"""What is seen of the threads of real programs."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from shortread.implementations.calls import rules_for
from shortread.implementations.process import RunningProcess, clean_environment
from shortread.implementations.threads import ThreadWatch
from shortread.implementations.tree import thread_ids
from shortread.wire.watch import Activity, Reading, is_blocked, is_unchanged, spinning_threads

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="looks at threads through /proc"),
    pytest.mark.skipif(rules_for(os.uname().machine) is None, reason="knows the calls of x86_64 and aarch64"),
]

Script = Callable[[str], list[str]]
Until = Callable[[Callable[[], object]], object]


@contextmanager
def watched(command: list[str], folder: Path) -> Iterator[ThreadWatch]:
    with ExitStack() as stack:
        process = stack.enter_context(RunningProcess(command, folder=folder, environment=clean_environment({})))
        watch = ThreadWatch(process.tree, death=process.death, patience_seconds=2)
        stack.callback(watch.close)
        yield watch


def read(watch: ThreadWatch) -> Reading:
    reading = watch.read()
    assert reading is not None
    return reading


def activities(watch: ThreadWatch) -> set[Activity]:
    return {thread.activity for thread in read(watch)}


def is_at_rest(watch: ThreadWatch) -> bool:
    earlier = read(watch)
    return is_blocked(earlier) and is_unchanged(earlier, read(watch))


PREAMBLE = """
    import ctypes, os, pathlib, select, signal, socket, subprocess, threading, time
    here, there = socket.socketpair()
    reading_end, writing_end = os.pipe()
    poll, epoll = select.poll(), select.epoll()
    pathlib.Path("ready").touch()
    """

BLOCKING = {
    "recv": "here.recv(1)",
    "accept": "socket.create_server(('127.0.0.1', 0)).accept()",
    "send": "here.sendall(bytes(1 << 26))",
    "read": "os.read(reading_end, 1)",
    "write": "os.write(writing_end, bytes(1 << 26))",
    "lock": "threading.Event().wait()",
    "lock, an hour": "threading.Event().wait(3600)",
    "join": "threading.Thread(target=here.recv, args=[1]).run()",
    "select": "select.select([here], [], [])",
    "select, an hour": "select.select([here], [], [], 3600)",
    "poll": "poll.register(here); poll.unregister(here); poll.poll()",
    "poll, an hour": "poll.poll(3_600_000)",
    "epoll": "epoll.poll()",
    "epoll, an hour": "epoll.poll(3600)",
    "sleep, an hour": "time.sleep(3600)",
    "pause": "signal.pause()",
    "sigwait": "signal.sigwait([signal.SIGUSR1])",
    "sigtimedwait, an hour": "signal.sigtimedwait([signal.SIGUSR1], 3600)",
    "flock": "import fcntl; f, g = open('ready'), open('ready'); fcntl.flock(f, 2); fcntl.flock(g, 2)",
    "wait for a child": "subprocess.run(['sleep', '3600'])",
}

TIMED = {
    "sleep": "time.sleep(0.5)",
    "lock": "threading.Event().wait(0.5)",
    "select": "select.select([here], [], [], 0.5)",
    "poll": "poll.poll(500)",
    "epoll": "epoll.poll(0.5)",
    "sigtimedwait": "signal.sigtimedwait([signal.SIGUSR1], 0.5)",
    "a timeout on a socket": "here.settimeout(0.5)\n    try: here.recv(1)\n    except TimeoutError: pass",
    "pselect in C": "ctypes.CDLL(None).pselect(0, 0, 0, 0, (ctypes.c_long * 2)(0, 500_000_000), 0)",
    "nanosleep in C": "ctypes.CDLL(None).nanosleep((ctypes.c_long * 2)(0, 500_000_000), 0)",
}


@pytest.mark.parametrize("call", BLOCKING)
def test_a_call_that_only_an_event_ends_is_blocked(call: str, script: Script, tmp_path: Path, until: Until) -> None:
    with watched(script(textwrap.dedent(PREAMBLE) + BLOCKING[call]), tmp_path) as watch:
        until((tmp_path / "ready").exists)
        until(lambda: is_at_rest(watch))
        assert watch.death() is None


@pytest.mark.parametrize("call", TIMED)
def test_a_call_that_ends_within_the_patience_is_timed(call: str, script: Script, tmp_path: Path, until: Until) -> None:
    source = textwrap.dedent(PREAMBLE) + f"while True:\n    {TIMED[call]}"
    with watched(script(source), tmp_path) as watch:
        until((tmp_path / "ready").exists)
        until(lambda: activities(watch) == {Activity.TIMED})
        assert all(Activity.BLOCKED not in activities(watch) for _ in range(100))


def test_a_busy_loop_runs_and_spins(script: Script, tmp_path: Path, until: Until) -> None:
    with watched(script("import pathlib; pathlib.Path('ready').touch()\nwhile True: pass"), tmp_path) as watch:
        until((tmp_path / "ready").exists)
        earlier = read(watch)
        start = time.monotonic()
        until(lambda: time.monotonic() > start + 0.2)
        later = read(watch)
        assert spinning_threads(earlier, later, window_seconds=0.2) == (later[0].thread_id,)
        assert all(activities(watch) == {Activity.RUNNING} for _ in range(100))


def test_blocked_and_timed_threads_do_not_spin(script: Script, tmp_path: Path, until: Until) -> None:
    source = """
        import threading, time
        threading.Thread(target=threading.Event().wait).start()
        while True: time.sleep(0.01)
        """
    with watched(script(source), tmp_path) as watch:
        until(lambda: activities(watch) == {Activity.BLOCKED, Activity.TIMED})
        earlier = read(watch)
        start = time.monotonic()
        until(lambda: time.monotonic() > start + 0.1)
        assert spinning_threads(earlier, read(watch), window_seconds=0.1) == ()


def has_one_running(watch: ThreadWatch) -> bool:
    return activities(watch) == {Activity.BLOCKED, Activity.RUNNING}


def test_one_running_thread_among_blocked_ones_is_seen(script: Script, tmp_path: Path, until: Until) -> None:
    source = """
        import threading
        for _ in range(5): threading.Thread(target=threading.Event().wait).start()
        while True: pass
        """
    with watched(script(source), tmp_path) as watch:
        # As long as a thread still waits for its turn in the interpreter, the one that runs is stopped now and then.
        until(lambda: len(read(watch)) == 6 and all(has_one_running(watch) for _ in range(500)))
        assert not any(is_blocked(read(watch)) for _ in range(200))


def test_what_ran_between_two_readings_is_seen_though_it_is_in_the_same_call_again(
    script: Script, tmp_path: Path, until: Until
) -> None:
    source = """
        import pathlib, socket
        listener = socket.create_server(("127.0.0.1", 0))
        pathlib.Path("port").write_text(f"{listener.getsockname()[1]}\\n")
        connection, _ = listener.accept()
        while data := connection.recv(1): connection.sendall(data)
        """
    with watched(script(source), tmp_path) as watch, connected(tmp_path, until) as connection:
        until(lambda: is_at_rest(watch))
        for _ in range(200):
            before = read(watch)
            connection.sendall(b"x")
            assert connection.recv(1) == b"x"
            assert not is_unchanged(before, read(watch))
            until(lambda: is_at_rest(watch))


@contextmanager
def connected(folder: Path, until: Until) -> Iterator[socket.socket]:
    """A connection to the program that writes its port to a file."""
    port = folder / "port"
    until(lambda: port.exists() and port.read_text().endswith("\n"))
    with socket.create_connection(("127.0.0.1", int(port.read_text()))) as connection:
        yield connection


GROWING = {
    "threads": "threading.Thread(target=answer_and_stay, daemon=True).start()",
    "children": "os.fork() or answer_and_stay()",
    "orphans": "os.fork() or (os.fork() and os._exit(0)) or answer_and_stay()",
    "children of a thread": "threading.Thread(target=lambda: os.fork() or answer_and_stay()).start()",
}


@pytest.mark.parametrize("kind", GROWING)
def test_whatever_answers_has_been_seen(kind: str, script: Script, tmp_path: Path, until: Until) -> None:
    source = f"""
        import os, pathlib, socket, threading
        listener = socket.create_server(("127.0.0.1", 0))
        pathlib.Path("port").write_text(f"{{listener.getsockname()[1]}}\\n")
        connection, _ = listener.accept()
        def answer_and_stay():
            connection.sendall(b"x")
            threading.Event().wait()
        while connection.recv(1):
            {GROWING[kind]}
        """
    with watched(script(source), tmp_path) as watch, connected(tmp_path, until) as connection:
        connection.setblocking(False)  # so that readings are taken at every moment of a fork
        for _ in range(60):
            earlier = {thread.thread_id for thread in read(watch)}
            connection.sendall(b"x")
            until(lambda: read(watch) and has_answer(connection))
            assert {thread.thread_id for thread in read(watch)} - earlier, "the new one was not seen"
            until(lambda: is_at_rest(watch))


def has_answer(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b"x"
    except BlockingIOError:
        return False


def test_threads_that_end_are_gone_and_zombies_are_no_threads(script: Script, tmp_path: Path, until: Until) -> None:
    source = """
        import os, threading
        if os.fork() == 0: os._exit(0)
        thread = threading.Thread(target=print)
        thread.start()
        thread.join()
        threading.Event().wait()
        """
    with watched(script(source), tmp_path) as watch:
        until(lambda: is_at_rest(watch) and len(read(watch)) == 1)


def test_another_program_in_the_same_process_is_read_anew(script: Script, tmp_path: Path, until: Until) -> None:
    source = """
        import os, sys, threading
        threading.Thread(target=threading.Event().wait, daemon=True).start()
        os.execv(sys.executable, [sys.executable, "-c", "while True: __import__('time').sleep(0.5)"])
        """
    with watched(script(source), tmp_path) as watch:
        until(lambda: [thread.activity for thread in read(watch)] == [Activity.TIMED])


def test_after_its_death_a_reading_is_empty(script: Script, tmp_path: Path, until: Until) -> None:
    with watched(script("raise SystemExit(2)"), tmp_path) as watch:
        until(watch.death)
        assert watch.death() == "exited with status 2"
        assert watch.read() == ()
    assert watch.read() == ()


def test_readings_are_ordered_by_thread(script: Script, tmp_path: Path, until: Until) -> None:
    source = """
        import threading
        for _ in range(20): threading.Thread(target=threading.Event().wait).start()
        threading.Event().wait()
        """
    with watched(script(source), tmp_path) as watch:
        until(lambda: is_at_rest(watch) and len(read(watch)) == 21)
        ids = [thread.thread_id for thread in read(watch)]
        assert ids == sorted(thread_ids(ids[0]))


def test_descriptors_are_closed(script: Script, tmp_path: Path, until: Until) -> None:
    before = sorted(Path("/proc/self/fd").iterdir())
    with watched(script("import threading; threading.Event().wait()"), tmp_path) as watch:
        until(lambda: is_at_rest(watch))
    assert sorted(Path("/proc/self/fd").iterdir()) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may look at every process")
def test_a_process_that_may_not_be_looked_at_gives_nothing(script: Script, tmp_path: Path, until: Until) -> None:
    source = """
        import ctypes, threading
        ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)  # PR_SET_DUMPABLE
        threading.Event().wait()
        """
    with watched(script(source), tmp_path) as watch:
        until(lambda: watch.read() is None)


def built(folder: Path, name: str, source: str, *command: str) -> list[str]:
    (folder / name).write_text(textwrap.dedent(source))
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"{command[0]} cannot build it here: {done.stderr[-200:]}")
    return ["./program"]


@pytest.mark.skipif(not shutil.which("cc"), reason="needs a C compiler")
def test_c(tmp_path: Path, until: Until) -> None:
    source = """
        #include <pthread.h>
        #include <unistd.h>
        static int ends[2];
        static void *wait_for_octet(void *unused) { char c; read(ends[0], &c, 1); return unused; }
        int main(void) {
            pthread_t thread;
            pipe(ends);
            pthread_create(&thread, 0, wait_for_octet, 0);
            pthread_join(thread, 0);
        }
        """
    command = built(tmp_path, "program.c", source, "cc", "-w", "-pthread", "-o", "program", "program.c")
    with watched(command, tmp_path) as watch:
        until(lambda: is_at_rest(watch) and len(read(watch)) == 2)


@pytest.mark.skipif(not shutil.which("cc") or os.uname().machine != "x86_64", reason="needs cc for i386")
def test_the_calls_of_a_32_bit_program_are_not_mistaken_for_others(tmp_path: Path, until: Until) -> None:
    source = """
        static int call(int number, int first, int second, int third) {
            int result;
            __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(first), "c"(second), "d"(third) : "memory");
            return result;
        }
        void _start(void) {
            if (call(2, 0, 0, 0) == 0) for (;;) call(29, 0, 0, 0);  /* fork, pause */
            call(7, -1, 0, 0);  /* waitpid; poll in the table of x86_64 */
            call(1, 0, 0, 0);
        }
        """
    flags = ("-m32", "-nostdlib", "-static", "-fno-pic", "-no-pie", "-fno-stack-protector")
    command = built(tmp_path, "program.c", source, "cc", *flags, "-o", "program", "program.c")
    with watched(command, tmp_path) as watch:
        until(lambda: len(read(watch)) == 2)
        assert all(activities(watch) == {Activity.RUNNING} for _ in range(100))


@pytest.mark.skipif(not shutil.which("node"), reason="needs node")
def test_node(tmp_path: Path, until: Until) -> None:
    source = "require('net').createServer(c => c.pipe(c)).listen(0, '127.0.0.1')"
    (tmp_path / "server.js").write_text(source)
    with watched(["node", "server.js"], tmp_path) as watch:
        until(lambda: is_at_rest(watch) and len(read(watch)) > 1)


@pytest.mark.skipif(not shutil.which("go"), reason="needs go")
def test_go(tmp_path: Path, until: Until) -> None:
    source = """
        package main
        import "net"
        func main() {
            listener, _ := net.Listen("tcp", "127.0.0.1:0")
            for { connection, _ := listener.Accept(); go connection.Read(make([]byte, 1)) }
        }
        """
    command = built(tmp_path, "program.go", source, "go", "build", "-o", "program", "program.go")
    with watched(command, tmp_path) as watch:
        until(lambda: is_at_rest(watch) and len(read(watch)) > 1)
