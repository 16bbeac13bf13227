"""Levels of isolation: which there are, what a program in them is like, and that it can be watched and reached."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shortread.errors import ImplementationError, UsageError
from shortread.implementations import PortChooser, RunningServer, build, from_command, load_manifest
from shortread.implementations.isolation import LEVELS, Limits, Sandbox, Task, level_for, probe
from shortread.implementations.isolation.level import launched
from shortread.implementations.isolation.process_group import process_group
from shortread.implementations.isolation.table import why_not
from shortread.implementations.process import RunningProcess, clean_environment
from shortread.implementations.threads import ThreadWatch
from shortread.wire.gate import Drain, KernelGate
from shortread.wire.patience import Patience, State, Vigil

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="isolation is a matter of the kernel")

Script = Callable[[str], list[str]]
Until = Callable[[Callable[[], object]], object]

STRONGEST_FIRST = ["bwrap", "unshare", "landlock", "rlimits", "none"]
CONFINED = STRONGEST_FIRST[:-1]
NAMESPACED = STRONGEST_FIRST[:2]

SERVER = """
    import socket, sys
    with socket.create_server((sys.argv[2], int(sys.argv[1])), family=socket.{family}) as listener:
        while True:
            with listener.accept()[0] as connection:
                while data := connection.recv(100):
                    connection.sendall(data)
    """


def skip_without(name: str) -> None:
    reason = why_not(LEVELS[name])
    if reason is not None:
        pytest.skip(f"no {name} here: {reason}")


@pytest.fixture(params=STRONGEST_FIRST)
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """One of every level that this machine offers, or of those that a test names."""
    skip_without(request.param)
    with LEVELS[request.param].open(Limits()) as opened:
        yield opened


@contextmanager
def running(sandbox: Sandbox, command: list[str], folder: Path) -> Iterator[RunningProcess]:
    confined = sandbox.confine(Task(command=tuple(command), program=command[0], folder=folder, port=1))
    environment = clean_environment(confined.environment)
    with RunningProcess(confined.command, folder=folder, environment=environment) as process:
        yield process


def output_of(sandbox: Sandbox, command: list[str], folder: Path) -> str:
    with running(sandbox, command, folder) as process:
        assert process.wait(20)
        assert process.death() == "exited with status 0", process.output_tail()
    return process.output_tail()


# Which there are


def test_the_strongest_comes_first() -> None:
    assert list(LEVELS) == STRONGEST_FIRST
    assert all(level.name == name and level.promise for name, level in LEVELS.items())


def test_every_level_is_offered_or_there_is_a_reason() -> None:
    offers = {offer.level.name: offer.why_not for offer in probe()}
    assert list(offers) == STRONGEST_FIRST
    assert offers["none"] is None
    assert all(reason is None or reason.strip() for reason in offers.values())


def test_a_program_that_is_missing_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert why_not(LEVELS["bwrap"]) == "the program bwrap is not installed (its package is bubblewrap)"
    with pytest.raises(UsageError) as caught:
        level_for("bwrap")
    assert str(caught.value).startswith(
        "--isolation bwrap: expected a level that this machine offers, found the program bwrap is not installed "
        "(its package is bubblewrap); put that right, or choose one that it offers: "
    )
    assert str(caught.value).endswith("none")


def test_what_the_kernel_forbids_is_a_reason() -> None:
    skip_without("landlock")
    source = (
        "from shortread.implementations.isolation import LEVELS; "
        "from shortread.implementations.isolation.table import why_not; print(why_not(LEVELS['unshare']))"
    )
    # Inside Landlock nothing can be mounted.
    steps = [("landlock", "read=/", f"write={tempfile.gettempdir()}", "write=/dev/null", "write=/proc")]
    told = subprocess.run(
        launched(steps, sys.executable, [sys.executable, "-c", source]),
        env=clean_environment({"PYTHONPATH": ":".join(sys.path)}),
        capture_output=True,
        text=True,
        check=True,
        timeout=50,
    )
    assert told.stdout.startswith("the step root of the isolation failed: [Errno 1] Operation not permitted: 'mount ")


def test_less_than_required_is_refused() -> None:
    with pytest.raises(UsageError) as caught:
        level_for("none", required="rlimits")
    assert str(caught.value).startswith(
        "--require-isolation: expected the isolation level rlimits or a stronger one, found none; add --isolation "
    )


@pytest.mark.parametrize(("name", "required"), [("none", "none"), ("rlimits", "none"), ("rlimits", "rlimits")])
def test_enough_is_not_refused(name: str, required: str) -> None:
    assert level_for(name, required=required) is LEVELS[name]


# What a program in them is like


@pytest.mark.parametrize("sandbox", CONFINED, indirect=True)
def test_it_has_no_privileges_and_ignores_no_signals(sandbox: Sandbox, tmp_path: Path) -> None:
    lines = output_of(sandbox, ["/bin/cat", "/proc/self/status"], tmp_path).splitlines()
    status = dict(line.split(":\t", 1) for line in lines)
    assert int(status["CapEff"], 16) == int(status["CapPrm"], 16) == int(status["CapInh"], 16) == 0
    assert (status["NoNewPrivs"], int(status["SigIgn"], 16)) == ("1", 0)


@pytest.mark.parametrize("sandbox", CONFINED, indirect=True)
def test_its_limits_cannot_be_raised_and_it_leaves_no_core(sandbox: Sandbox, script: Script, tmp_path: Path) -> None:
    source = """
        import resource as r
        print([r.getrlimit(kind) for kind in (r.RLIMIT_CPU, r.RLIMIT_DATA, r.RLIMIT_FSIZE, r.RLIMIT_CORE)])
        """
    limits = Limits()
    each = (limits.cpu_seconds, limits.memory_bytes, limits.file_bytes, 0)
    assert output_of(sandbox, script(source), tmp_path) == f"{[(most, most) for most in each]}\n"


def test_it_can_write_to_a_temporary_folder(sandbox: Sandbox, script: Script, tmp_path: Path) -> None:
    source = """
        import pathlib, tempfile
        with tempfile.NamedTemporaryFile("w+") as file:
            print("written", file=file, flush=True)
            print(pathlib.Path(file.name).read_text(), end="")
        """
    assert output_of(sandbox, script(source), tmp_path) == "written\n"


@pytest.mark.parametrize("sandbox", NAMESPACED, indirect=True)
def test_it_sees_no_process_but_its_own(sandbox: Sandbox, script: Script, tmp_path: Path) -> None:
    source = """
        import os
        print([number for number in os.listdir("/proc") if number.isdecimal()], os.getpid(), os.getppid())
        """
    assert output_of(sandbox, script(source), tmp_path) == "['1', '2'] 2 1\n"


def test_a_status_is_told(sandbox: Sandbox, script: Script, tmp_path: Path) -> None:
    with running(sandbox, script("raise SystemExit(3)"), tmp_path) as process:
        assert process.wait(20)
        assert process.death() == "exited with status 3"


def test_a_signal_is_told(sandbox: Sandbox, script: Script, tmp_path: Path) -> None:
    with running(sandbox, script("import os; os.kill(os.getpid(), 11)"), tmp_path) as process:
        assert process.wait(20)
        # bubblewrap tells of a signal as a shell does.
        expected = "exited with status 139" if sandbox.level == "bwrap" else "was ended by signal SIGSEGV"
        assert process.death() == expected


@pytest.mark.parametrize("sandbox", ["unshare", "landlock", "rlimits"], indirect=True)
def test_a_file_that_is_no_program(sandbox: Sandbox, tmp_path: Path) -> None:
    file = tmp_path / "no-program"
    file.write_bytes(b"\0")
    file.chmod(0o755)
    with running(sandbox, [str(file)], tmp_path) as process:
        assert process.wait(20)
        assert process.death() == "exited with status 126"
    assert process.output_tail() == f"shortread: {file} could not be started: Exec format error\n"


def test_its_transcript_is_a_terminal(sandbox: Sandbox, script: Script, tmp_path: Path) -> None:
    command = script("import os, sys; print(sys.stdout.isatty(), os.isatty(2))")
    confined = sandbox.confine(Task(command=tuple(command), program=command[0], folder=tmp_path, port=1))
    environment = clean_environment(confined.environment)
    with RunningProcess(confined.command, folder=tmp_path, environment=environment, has_transcript=True) as process:
        assert process.wait(20)
        assert process.transcript.since(0) == b"True False\n"


def test_a_group_that_was_left_by_a_killed_harness_is_removed() -> None:
    with process_group(1) as group:
        if group is None:
            pytest.skip("no control group can be made here")
        gone = subprocess.Popen([sys.executable, "-c", ""])
        gone.wait()
        left = group.parent / f"shortread-{gone.pid}-1"
        left.mkdir()
        with process_group(1):
            assert not left.exists()
            assert group.exists()
    assert not group.exists()


# Watching it


def state_of(process: RunningProcess, until: Until) -> object:
    watch = ThreadWatch(process.tree, death=process.death, patience_seconds=2)
    vigil = Vigil(watch, Patience(limit_seconds=20))
    found: list[State] = []

    def has_found() -> bool:
        found.append(vigil.look())
        return found[-1] is not State.UNDECIDED

    try:
        until(has_found)
    finally:
        watch.close()
    return found[-1]


def test_it_is_seen_to_wait(sandbox: Sandbox, script: Script, tmp_path: Path, until: Until) -> None:
    source = """
        import signal, threading
        threading.Thread(target=threading.Event().wait, daemon=True).start()
        print("ready", flush=True)
        signal.pause()
        """
    with running(sandbox, script(source), tmp_path) as process:
        until(lambda: process.output_tail() == "ready\n")
        assert state_of(process, until) is State.QUIET


def test_it_is_seen_to_spin(sandbox: Sandbox, script: Script, tmp_path: Path, until: Until) -> None:
    with running(sandbox, script("print('ready', flush=True)\nwhile True: pass"), tmp_path) as process:
        until(lambda: process.output_tail() == "ready\n")
        assert state_of(process, until) is State.SPINNING


# Reaching it


@pytest.mark.parametrize(("host", "family"), [("127.0.0.1", "AF_INET"), ("::1", "AF_INET6")])
def test_what_it_has_read_is_known(
    sandbox: Sandbox, host: str, family: str, script: Script, ports: PortChooser
) -> None:
    program = from_command("netstring", [*script(SERVER.format(family=family)), "{port}", "{host}"])
    with (
        RunningServer(program, ports=ports, host=host, sandbox=sandbox) as server,
        server.opening.open(20)[0] as connection,
    ):
        diag = sandbox.network.sock_diag()
        gate = KernelGate(diag, own=connection.getsockname()[:2], peer=server.address)
        connection.sendall(b"hello")
        assert gate.await_read(5, timeout_seconds=20) is Drain.READ
        diag.close()


@pytest.mark.parametrize("sandbox", NAMESPACED, indirect=True)
def test_it_cannot_be_reached_from_outside(sandbox: Sandbox, script: Script, ports: PortChooser) -> None:
    program = from_command("netstring", [*script(SERVER.format(family="AF_INET")), "{port}", "{host}"])
    with RunningServer(program, ports=ports, sandbox=sandbox) as server, pytest.raises(ConnectionRefusedError):
        socket.create_connection(server.address)


@pytest.mark.parametrize("sandbox", NAMESPACED, indirect=True)
def test_everybody_has_a_port_space_of_his_own(sandbox: Sandbox, script: Script, ports: PortChooser) -> None:
    program = from_command("netstring", [*script(SERVER.format(family="AF_INET")), "12345", "{host}"])
    always = PortChooser(ports._random, ports=range(12345, 12346))
    with (
        LEVELS[sandbox.level].open(Limits()) as other,
        RunningServer(program, ports=always, sandbox=sandbox) as one,
        RunningServer(program, ports=always, sandbox=other) as another,
    ):
        assert one.address == another.address == ("127.0.0.1", 12345)


# Building it


def test_a_build_may_write_to_its_folder(sandbox: Sandbox, tmp_path: Path) -> None:
    manifest = tmp_path / "implementation.yaml"
    manifest.write_text(
        "shortread: implementation/1\nname: built\nspec: netstring\nrole: server\n"
        "build: [[sh, -c, 'echo built > built']]\ncommand: [./built]\n"
    )
    build(load_manifest(manifest), sandbox=sandbox)
    assert (tmp_path / "built").read_text() == "built\n"


@pytest.mark.parametrize("sandbox", ["bwrap", "unshare", "landlock"], indirect=True)
def test_a_build_has_no_network(sandbox: Sandbox, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        call = f"import socket; socket.create_connection(('127.0.0.1', {other.getsockname()[1]}))"
        (tmp_path / "call.py").write_text(call)
        manifest = tmp_path / "implementation.yaml"
        manifest.write_text(
            "shortread: implementation/1\nname: caller\nspec: netstring\nrole: server\n"
            'build: [["{python}", call.py]]\ncommand: [./built]\n'
        )
        with pytest.raises(ImplementationError, match=r"PermissionError|ConnectionRefusedError"):
            build(load_manifest(manifest), sandbox=sandbox)


def test_a_program_that_there_is_not(sandbox: Sandbox, ports: PortChooser, tmp_path: Path) -> None:
    program = from_command("netstring", ["no-such-program", "{port}"], folder=tmp_path)
    with pytest.raises(ImplementationError, match="there is no program no-such-program in PATH"):
        RunningServer(program, ports=ports, sandbox=sandbox).__enter__()
