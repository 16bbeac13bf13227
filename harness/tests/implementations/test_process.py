"""Processes that are started, watched for their death, and ended with everything they started."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from shortread.errors import ImplementationError
from shortread.implementations.output import TAIL_BYTES, visible
from shortread.implementations.process import RunningProcess, clean_environment, end_all
from shortread.implementations.tree import children, process_status

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")

Script = Callable[[str], list[str]]
Until = Callable[[Callable[[], object]], object]


def start(command: list[str], folder: Path) -> RunningProcess:
    return RunningProcess(command, folder=folder, environment=clean_environment({}))


def number_in(path: Path) -> int:
    """The number that a program has written to a file with a line end behind it; 0 before."""
    text = path.read_text() if path.exists() else ""
    return int(text) if text.endswith("\n") else 0


def wait_for_number(path: Path, until: Until) -> int:
    until(lambda: number_in(path))
    return number_in(path)


def test_a_status_is_told(script: Script, tmp_path: Path) -> None:
    with start(script("raise SystemExit(3)"), tmp_path) as process:
        assert process.wait(20)
        assert process.death() == "exited with status 3"
    assert process.death() == "exited with status 3"


def test_a_signal_is_told_by_its_name(script: Script, tmp_path: Path) -> None:
    with start(script("import os; os.kill(os.getpid(), 11)"), tmp_path) as process:
        assert process.wait(20)
        assert process.death() == "was ended by signal SIGSEGV"


def test_our_own_ending_is_no_death(script: Script, tmp_path: Path) -> None:
    with start(script("input_never_comes = __import__('threading').Event().wait()"), tmp_path) as process:
        assert process.death() is None
    assert process.death() is None


def test_it_gets_a_clean_environment_and_no_input(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")
    monkeypatch.setenv("SECRET", "1")
    command = script("import json, os, sys; print(json.dumps([dict(os.environ), sys.stdin.read()]))")
    with RunningProcess(command, folder=tmp_path, environment=clean_environment({"APP": "x"})) as process:
        assert process.wait(20)
    environment, read = json.loads(process.output_tail())
    assert read == ""
    assert environment.pop("SHORTREAD_RUN")
    assert set(environment) <= {"PATH", "HOME", "TMPDIR", "LANG", "TERM", "APP", "LC_CTYPE"}
    assert (environment["APP"], environment["LANG"]) == ("x", "C.UTF-8")


def test_what_nobody_holds_is_ended_in_the_end(script: Script, tmp_path: Path) -> None:
    process = start(script("input_never_comes = __import__('threading').Event().wait()"), tmp_path)
    end_all()
    assert process.tree.living() == ()
    assert process.death() is None


def test_an_interrupt_while_one_is_reaped_does_not_keep_the_end_waiting(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = start(script("input_never_comes = __import__('threading').Event().wait()"), tmp_path)
    reap = process._process.wait
    interrupts = iter([KeyboardInterrupt()])

    def interrupted_once() -> int:
        for interrupt in interrupts:
            raise interrupt
        return reap()

    monkeypatch.setattr(process._process, "wait", interrupted_once)
    end_all()
    assert process.tree.living() == ()
    reap()


def test_a_copy_of_this_process_ends_nothing_that_it_did_not_start(script: Script, tmp_path: Path) -> None:
    with start(script("input_never_comes = __import__('threading').Event().wait()"), tmp_path) as process:
        copy = multiprocessing.get_context("fork").Process(target=end_all)
        copy.start()
        copy.join()
        assert (copy.exitcode, len(process.tree.living())) == (0, 1)


def test_only_the_end_of_its_output_is_kept(script: Script, tmp_path: Path) -> None:
    with start(script("import sys; print('a' * 10000); print('end', file=sys.stderr)"), tmp_path) as process:
        assert process.wait(20)
    tail = process.output_tail()
    assert len(tail) == TAIL_BYTES
    assert "end\n" in tail


def test_control_characters_become_visible() -> None:
    assert visible(b"\x1b[31mred\x07\r\n\ttab\xff\xc2\x9b") == "\\x1b[31mred\\x07\\r\n\ttab\\xff\\x9b"


def test_a_flood_is_noticed_and_not_read(script: Script, tmp_path: Path, until: Until) -> None:
    command = script("import os\nwhile True: os.write(1, b'x' * 65536)")
    with start(command, tmp_path) as process:
        until(lambda: process.is_flooding)
        assert process.death() is None
    assert process.output_tail() == "x" * TAIL_BYTES


def test_one_that_ignores_signals_is_ended(script: Script, tmp_path: Path, until: Until) -> None:
    command = script(
        """
        import os, pathlib, signal, threading
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        pathlib.Path("pid").write_text(f"{os.getpid()}\\n")
        threading.Event().wait()
        """
    )
    with start(command, tmp_path):
        pid = wait_for_number(tmp_path / "pid", until)
        assert process_status(pid)
    assert process_status(pid) is None


LEFT_BEHIND = {
    "a child": """
        if os.fork() == 0:
            stay()
        """,
    "a child in a session of its own": """
        if os.fork() == 0:
            os.setsid()
            stay()
        """,
    "an orphan in the same session": """
        if os.fork() == 0:
            if os.fork() == 0:
                stay()
            os._exit(0)
        os.wait()
        """,
    "an orphan in a session of its own (a daemon)": """
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.closerange(0, 3)
                stay()
            os._exit(0)
        os.wait()
        """,
    "an orphan that runs another program": """
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.execv(sys.executable, [sys.executable, "-c", STAY])
            os._exit(0)
        os.wait()
        """,
}


@pytest.mark.parametrize("lives", [True, False], ids=["the root lives", "the root ended"])
@pytest.mark.parametrize("kind", LEFT_BEHIND)
def test_what_it_left_behind_is_ended(kind: str, lives: bool, script: Script, tmp_path: Path, until: Until) -> None:
    stay = (
        'import os, pathlib, threading; pathlib.Path("pid").write_text(f"{os.getpid()}\\n"); threading.Event().wait()'
    )
    source = f"import os, sys, threading\nSTAY = {stay!r}\ndef stay(): exec(STAY)\n" + textwrap.dedent(
        LEFT_BEHIND[kind]
    )
    with start(script(source + ("threading.Event().wait()" if lives else "")), tmp_path) as process:
        pid = wait_for_number(tmp_path / "pid", until)
        if not lives:
            assert process.wait(20)
        assert pid in process.tree.living()
    assert process_status(pid) is None


def test_orphans_that_die_are_reaped_while_it_lives(script: Script, tmp_path: Path, until: Until) -> None:
    command = script(
        """
        import os, pathlib, threading
        for _ in range(10):
            if os.fork() == 0:
                os.fork()
                os._exit(0)
            os.wait()
        pathlib.Path("pid").write_text(f"{os.getpid()}\\n")
        threading.Event().wait()
        """
    )
    with start(command, tmp_path) as process:
        root = wait_for_number(tmp_path / "pid", until)
        until(lambda: process.tree.scan() == (root,))
        assert root in children(os.getpid())
        assert not [
            pid for pid in children(os.getpid()) if (found := process_status(pid)) and found.session == root != pid
        ]


def test_processes_of_others_are_left_alone(script: Script, tmp_path: Path) -> None:
    endless = script("import threading; threading.Event().wait()")
    with start(endless, tmp_path) as other, subprocess.Popen(endless, start_new_session=True) as unrelated:
        with start(endless, tmp_path):
            pass
        assert other.death() is None
        assert unrelated.poll() is None
        unrelated.kill()


def test_an_exception_ends_it(script: Script, tmp_path: Path) -> None:
    process = start(script("import threading; threading.Event().wait()"), tmp_path)
    (pid,) = process.tree.living()
    with pytest.raises(ZeroDivisionError), process:
        raise ZeroDivisionError
    assert process_status(pid) is None


HARNESS = """
    import pathlib, sys, threading
    from shortread.implementations.process import RunningProcess, clean_environment, interrupted_by_sigterm
    command = [sys.executable, "-c", "import threading; threading.Event().wait()"]
    with interrupted_by_sigterm():
        with RunningProcess(command, folder=pathlib.Path.cwd(), environment=clean_environment({})) as process:
            pathlib.Path("pid").write_text(f"{process.tree.living()[0]}\\n")
            threading.Event().wait()
    """


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_harness_ends_it(number: signal.Signals, script: Script, tmp_path: Path, until: Until) -> None:
    harness = subprocess.Popen(
        script(HARNESS),
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stderr=subprocess.PIPE,
    )
    with harness:
        pid = wait_for_number(tmp_path / "pid", until)
        harness.send_signal(number)
        harness.communicate()
    assert process_status(pid) is None


def test_a_thread_that_never_left_its_block_does_not_leave_it_behind(
    script: Script, tmp_path: Path, until: Until
) -> None:
    source = textwrap.dedent(HARNESS).replace("with interrupted_by_sigterm():", "def run():")
    source += textwrap.dedent(
        """
        threading.Thread(target=run, daemon=True).start()
        sys.stdin.readline()
        """
    )
    harness = subprocess.Popen(
        script(source),
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.PIPE,
    )
    with harness:
        pid = wait_for_number(tmp_path / "pid", until)
        harness.communicate(b"\n")
    assert harness.returncode == 0
    assert process_status(pid) is None


def refusal(command: list[str], folder: Path) -> str:
    with pytest.raises(ImplementationError) as raised:
        start(command, folder)
    return str(raised.value)


def test_a_program_that_does_not_exist(tmp_path: Path) -> None:
    assert refusal(["no-such-program"], tmp_path) == "there is no program no-such-program in PATH"
    assert refusal(["./server"], tmp_path) == f"there is no program ./server (a relative path starts in {tmp_path})"
    (tmp_path / "server").touch()
    assert refusal(["server"], tmp_path) == (
        f"there is no program server in PATH; write ./server for the file in {tmp_path}"
    )


def test_a_program_that_may_not_be_executed(tmp_path: Path) -> None:
    (tmp_path / "server").touch(mode=0o644)
    assert refusal(["./server"], tmp_path) == (
        "./server may not be executed; `chmod +x` it, or start it with its interpreter"
    )


def test_a_program_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "server").touch(mode=0o755)
    (tmp_path / "server").write_text("print(1)")
    assert refusal(["./server"], tmp_path) == (
        "./server is not a program; give it a #! line, or start it with its interpreter"
    )


def test_an_interpreter_that_does_not_exist(tmp_path: Path) -> None:
    (tmp_path / "server").touch(mode=0o755)
    (tmp_path / "server").write_text("#!/no/such/interpreter\n")
    assert refusal(["./server"], tmp_path) == "the first line of ./server names an interpreter that does not exist"


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    assert refusal(["true"], tmp_path / "gone") == f"the folder {tmp_path / 'gone'} does not exist"


def test_nothing_stays_open(script: Script, tmp_path: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        with start(script("print(1)"), tmp_path) as process:
            assert process.wait(20)
        refusal(["no-such-program"], tmp_path)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
