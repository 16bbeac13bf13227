"""Programs that mean harm, at every level of isolation that this machine offers."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import textwrap
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from shortread.implementations.isolation import LEVELS, Limits, Sandbox, Task
from shortread.implementations.isolation.landlock import WITH_SIGNALS, landlock_version
from shortread.implementations.isolation.process_group import process_group
from shortread.implementations.isolation.table import why_not
from shortread.implementations.process import RunningProcess, clean_environment
from shortread.implementations.tree import children, process_status

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="isolation is a matter of the kernel")

Until = Callable[[Callable[[], object]], object]

LIMITS = Limits(
    processes=40, memory_bytes=256 << 20, address_space_bytes=512 << 20, file_bytes=1 << 20, scratch_bytes=4 << 20
)

WENT_ON, STOPPED = "went on", "stopped"
AS_USER = WENT_ON if os.geteuid() == 0 else STOPPED
"""Root may do this without any privilege, by what files allow their owner."""
AS_EQUAL = STOPPED if os.geteuid() == 0 else WENT_ON
"""Nobody may do this to somebody with more privileges, which a grader has that is root."""

# Each program says in one line how it went, and stays. Where nobody stops it, it stops by itself before it does harm.
PROGRAMS: Mapping[str, str] = {
    "fork bomb": """
        for _ in range(150):
            if os.fork() == 0:
                stay()
        """,
    "thread bomb": """
        import threading
        for _ in range(150):
            threading.Thread(target=stay, daemon=True).start()
        """,
    "memory hog": """
        import mmap
        hog = mmap.mmap(-1, 1 << 30, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        """,
    "hog of shared memory": """
        import mmap
        hog = mmap.mmap(-1, 1 << 30)
        """,
    "filler of a file": """
        with open(temporary("file"), "wb") as file:
            file.write(bytes(2 << 20))
        """,
    "filler of the disk": """
        for number in range(16):
            with open(temporary(f"file{number}"), "wb") as file:
                file.write(bytes(1 << 19))
        """,
    "reader of the grader's files": "open(os.environ['SECRET']).read()",
    "lister of the grader's files": "assert os.path.basename(os.environ['SECRET']) in "
    "os.listdir(os.path.dirname(os.environ['SECRET'])), 'hidden'",
    "reader of the grader's environment": "open(f'/proc/{os.environ[\"GRADER\"]}/environ').read()",
    "writer to its own folder": "open('own', 'w').close()",
    "caller of others": "socket.create_connection(('127.0.0.1', int(os.environ['OTHER'])))",
    "listener elsewhere": "socket.create_server(('127.0.0.1', 0))",
    "raiser of limits": "resource.setrlimit(resource.RLIMIT_CPU, (resource.RLIM_INFINITY,) * 2)",
    "changer of the kernel": "open('/proc/sys/kernel/core_pattern', 'r+').close()",
}

# What becomes of each:                    none     rlimits  landlock unshare  bwrap
EXPECTED: Mapping[str, tuple[str, str, str, str, str]] = {
    "fork bomb":                          (WENT_ON, STOPPED, STOPPED, STOPPED, STOPPED),
    "thread bomb":                        (WENT_ON, STOPPED, STOPPED, STOPPED, STOPPED),
    "memory hog":                         (WENT_ON, STOPPED, STOPPED, STOPPED, STOPPED),
    "hog of shared memory":               (WENT_ON, STOPPED, STOPPED, STOPPED, STOPPED),
    "filler of a file":                   (WENT_ON, STOPPED, STOPPED, STOPPED, STOPPED),
    "filler of the disk":                 (WENT_ON, WENT_ON, WENT_ON, STOPPED, STOPPED),
    "reader of the grader's files":       (WENT_ON, WENT_ON, STOPPED, STOPPED, STOPPED),
    "lister of the grader's files":       (WENT_ON, WENT_ON, STOPPED, STOPPED, STOPPED),
    "reader of the grader's environment": (WENT_ON, AS_EQUAL, STOPPED, STOPPED, STOPPED),
    "writer to its own folder":           (WENT_ON, WENT_ON, STOPPED, STOPPED, STOPPED),
    "caller of others":                   (WENT_ON, WENT_ON, STOPPED, STOPPED, STOPPED),
    "listener elsewhere":                 (WENT_ON, WENT_ON, STOPPED, WENT_ON, WENT_ON),
    "raiser of limits":                   (WENT_ON, STOPPED, STOPPED, STOPPED, STOPPED),
    "changer of the kernel":              (AS_USER, AS_USER, STOPPED, STOPPED, STOPPED),
}  # fmt: skip
ORDER = ("none", "rlimits", "landlock", "unshare", "bwrap")
NAMESPACED = ("unshare", "bwrap")

PROLOGUE = """
import errno, os, resource, signal, socket, sys, tempfile

def temporary(name):
    return os.path.join(tempfile.gettempdir(), name)

def stay():
    signal.pause()

def say(text):
    os.write(1, (text + "\\n").encode())

"""


@dataclass(frozen=True, kw_only=True)
class Started:
    """A hostile program that runs."""

    process: RunningProcess
    mark: str

    def outcome(self, until: Until) -> str:
        """The first line that it prints."""
        until(lambda: "\n" in self.process.output_tail() or self.process.death())
        return self.process.output_tail().partition("\n")[0]


@pytest.fixture(params=ORDER)
def level(request: pytest.FixtureRequest) -> str:
    """Every level that this machine offers, one after the other."""
    reason = why_not(LEVELS[request.param])
    if reason is not None:
        pytest.skip(f"no {request.param} here: {reason}")
    return str(request.param)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a program, beside that of the grader."""
    (tmp_path / "grader").mkdir()
    (tmp_path / "grader" / "secret").write_text("the answers")
    (tmp_path / "submission").mkdir()
    return tmp_path / "submission"


@contextmanager
def started(sandbox: Sandbox, source: str, folder: Path, **variables: str) -> Iterator[Started]:
    """Run a program in a sandbox; nothing with its mark is left running behind."""
    (folder / "hostile.py").write_text(PROLOGUE + textwrap.dedent(source))
    mark = uuid.uuid4().hex
    command = (sys.executable, "hostile.py", mark)
    confined = sandbox.confine(Task(command=command, program=sys.executable, folder=folder, port=1))
    environment = clean_environment({"TMPDIR": str(folder), **confined.environment, **variables})
    with RunningProcess(confined.command, folder=folder, environment=environment) as process:
        yield Started(process=process, mark=mark)
    assert running_with(mark) == []


def running_with(mark: str) -> list[str]:
    """The commands that run and have the mark among their arguments."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            command = (entry / "cmdline").read_text() if entry.name.isdecimal() else ""
        except (FileNotFoundError, ProcessLookupError):
            continue
        if mark in command:
            found.append(command)
    return found


@contextmanager
def opened(level: str) -> Iterator[Sandbox]:
    """A sandbox, of which nothing is left behind: no process of ours and no control group."""
    before = living_children()
    with LEVELS[level].open(LIMITS) as sandbox:
        yield sandbox
    assert living_children() <= before
    assert not list(Path("/sys/fs/cgroup").glob(f"**/shortread-{os.getpid()}-*"))


def living_children() -> frozenset[int]:
    statuses = map(process_status, children(os.getpid()))
    return frozenset(status.pid for status in statuses if status and status.is_alive)


def telling(source: str) -> str:
    """A program that says whether something stopped it, by an error or by leaving nothing of it to see."""
    body = textwrap.indent(textwrap.dedent(source).strip(), "    ")
    errors = "(OSError, MemoryError, RuntimeError, ValueError, AssertionError)"
    return f"try:\n{body}\nexcept {errors} as error:\n    say('stopped')\nelse:\n    say('went on')\nstay()\n"


@pytest.mark.parametrize("name", EXPECTED)
def test_what_becomes_of_it(name: str, level: str, folder: Path, until: Until) -> None:
    expected = EXPECTED[name][ORDER.index(level)]
    if name.endswith("bomb") and expected == STOPPED and os.geteuid() == 0:
        with process_group(1) as group:
            if group is None:
                pytest.skip("nothing bounds the processes of root here: no control group can be made")
    with (
        socket.create_server(("127.0.0.1", 0)) as other,
        opened(level) as sandbox,
        started(
            sandbox,
            telling(PROGRAMS[name]),
            folder,
            SECRET=str(folder.parent / "grader" / "secret"),
            GRADER=str(os.getpid()),
            OTHER=str(other.getsockname()[1]),
        ) as program,
    ):
        assert program.outcome(until) == expected


def test_it_ignores_every_signal_that_can_be_ignored(level: str, folder: Path, until: Until) -> None:
    source = """
        for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_IGN)
        say("ready")
        while True:
            stay()
        """
    with opened(level) as sandbox, started(sandbox, source, folder) as program:
        assert program.outcome(until) == "ready"
        assert running_with(program.mark)


DOUBLE_FORK = """
    reading_end, writing_end = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.set_inheritable(writing_end, True)
            os.execve(sys.executable, [sys.executable, "-c", LAST, sys.argv[1], str(writing_end)], ENVIRONMENT)
        os._exit(0)
    os.close(writing_end)
    os.read(reading_end, 1)
    say("left one behind")
    """
LAST = "import os, signal, sys; os.write(int(sys.argv[2]), b'x'); signal.pause()"


def double_fork(environment: str) -> str:
    return f"LAST = {LAST!r}\nENVIRONMENT = {environment}\n{textwrap.dedent(DOUBLE_FORK)}"


def test_it_forks_twice(level: str, folder: Path, until: Until) -> None:
    with opened(level) as sandbox, started(sandbox, double_fork("os.environ") + "stay()", folder) as program:
        assert program.outcome(until) == "left one behind"
        assert len(running_with(program.mark)) >= 2


def test_it_forks_twice_and_ends(level: str, folder: Path) -> None:
    with opened(level) as sandbox, started(sandbox, double_fork("os.environ"), folder) as program:
        assert program.process.wait(20)
        assert program.process.death() == "exited with status 0"


@pytest.mark.parametrize("level", NAMESPACED, indirect=True)
def test_it_leaves_nobody_in_a_namespace_though_it_hides(level: str, folder: Path) -> None:
    with opened(level) as sandbox, started(sandbox, double_fork("{}"), folder) as program:
        assert program.process.wait(20)
        assert program.process.death() == "exited with status 0"


KILLER = "os.kill(os.getppid(), signal.SIGKILL)"
GRADER = """
import sys
from pathlib import Path
from shortread.implementations.isolation import LEVELS, Limits, Task
from shortread.implementations.process import RunningProcess, clean_environment

level, folder = sys.argv[1:]
task = Task(command=(sys.executable, "hostile.py"), program=sys.executable, folder=Path(folder), port=1)
with LEVELS[level].open(Limits()) as sandbox:
    confined = sandbox.confine(task)
    environment = clean_environment(confined.environment)
    with RunningProcess(confined.command, folder=Path(folder), environment=environment) as process:
        assert process.wait(20)
print("survived")
"""


def test_it_kills_its_parent(level: str, folder: Path) -> None:
    if level == "landlock" and landlock_version() < WITH_SIGNALS:
        pytest.skip("this version of Landlock does not cover signals")
    (folder / "hostile.py").write_text(PROLOGUE + KILLER)
    grader = subprocess.run(
        [sys.executable, "-c", GRADER, level, str(folder)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
        timeout=50,
        check=False,
    )
    # Without a boundary of processes the grader may be killed; not fine would be one that is, or hangs, behind one.
    is_safe = level in ("landlock", *NAMESPACED)
    assert (grader.stdout, grader.returncode) == (("survived\n", 0) if is_safe else ("", -9))


def test_what_it_prints_is_shown_safely(level: str, folder: Path) -> None:
    source = r"""
        os.write(1, b"\x1b]0;title\x07\x1b[2J\x9b31m\r")
        os.write(1, b"\n::error::no\n  ::add-mask::x\n##vso[task.complete result=Failed]\nsay ##[error]no\n")
        os.write(1, b"##teamcity[buildStop]\na::b ## c # d\n")
        """
    with opened(level) as sandbox, started(sandbox, source, folder) as program:
        assert program.process.wait(20)
    assert program.process.output_tail() == (
        "\\x1b]0;title\\x07\\x1b[2J\\x9b31m\\r\n"
        "\\::error::no\n  \\::add-mask::x\n#\\#vso[task.complete result=Failed]\nsay #\\#[error]no\n"
        "#\\#teamcity[buildStop]\na::b ## c # d\n"
    )
