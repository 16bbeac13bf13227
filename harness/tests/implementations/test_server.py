"""Servers that are built, started and found listening; and each way in which that goes wrong, with its reason."""

from __future__ import annotations

import re
import shutil
import socket
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from shortread.errors import ImplementationError
from shortread.implementations.implementation import Implementation
from shortread.implementations.manifest import Manifest, TimeLimits
from shortread.implementations.ports import PortChooser
from shortread.implementations.server import RunningServer
from shortread.implementations.start import build
from shortread.implementations.tree import process_status
from shortread.wire.watch import is_blocked

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="starts servers and looks at their sockets")

Until = Callable[[Callable[[], object]], object]

LISTEN = """
    import os, socket, sys, threading
    with open("pid", "w") as file: file.write(f"{os.getpid()}\\n")
    """


@pytest.fixture
def server(tmp_path: Path) -> Callable[..., Implementation]:
    """`server(source)` is an implementation that runs the source with the host and port as its arguments."""

    def make(source: str, *, arguments: tuple[str, ...] = ("{host}", "{port}"), **keys: object) -> Implementation:
        (tmp_path / "server.py").write_text(textwrap.dedent(LISTEN) + textwrap.dedent(source))
        manifest = Manifest.model_validate(
            {
                "shortread": "implementation/1",
                "name": "the server",
                "spec": "netstring",
                "role": "server",
                "command": ["{python}", "server.py", *arguments],
                "time_limits": {"start_seconds": 20},
                **keys,
            }
        )
        return Implementation(manifest=manifest, folder=tmp_path)

    return make


Server = Callable[..., Implementation]


def failure(implementation: Implementation, ports: PortChooser) -> str:
    """Why it could not be started, with the port called PORT; checks that nothing of it is left."""
    with pytest.raises(ImplementationError) as raised, RunningServer(implementation, ports=ports):
        pass
    pid = implementation.folder / "pid"
    assert not pid.exists() or process_status(int(pid.read_text())) is None
    return re.sub(r"127\.0\.0\.1:\d+|(?<=asked for )\d+", "PORT", str(raised.value))


def test_a_server_that_listens_is_ready(server: Server, ports: PortChooser, until: Until) -> None:
    source = "socket.create_server((sys.argv[1], int(sys.argv[2]))).accept()[0].recv(1)"
    with RunningServer(server(source), ports=ports) as running:
        assert running.address[0] == "127.0.0.1"
        until(lambda: is_blocked(running.watch.read() or ()))
        with socket.create_connection(running.address):
            assert running.watch.death() is None
            assert not running.is_flooding
        until(running.watch.death)
        assert running.watch.death() == "exited with status 0"
    assert running.watch.read() == ()


def test_its_first_connection_is_ours(server: Server, ports: PortChooser) -> None:
    source = """
        listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
        first, address = listener.accept()
        first.sendall(f"{address[1]}".encode())
        """
    with RunningServer(server(source), ports=ports) as running, socket.create_connection(running.address) as connection:
        assert int(connection.recv(100)) == connection.getsockname()[1]


def test_the_address_is_in_its_environment_too(server: Server, ports: PortChooser, tmp_path: Path) -> None:
    source = """
        print(os.environ["SHORTREAD_DIR"], os.environ["SHORTREAD_PYTHON"], os.environ["URL"], flush=True)
        socket.create_server((os.environ["SHORTREAD_HOST"], int(os.environ["SHORTREAD_PORT"]))).accept()
        """
    with RunningServer(
        server(source, arguments=(), environment={"URL": "tcp://{host}:{port}/{{x}}"}), ports=ports
    ) as running:
        port = running.address[1]
    assert running.output_tail() == f"{tmp_path} {sys.executable} tcp://127.0.0.1:{port}/{{x}}\n"


def test_one_that_listens_elsewhere_first_is_given_some_time(server: Server, ports: PortChooser) -> None:
    source = """
        import time
        elsewhere = socket.create_server((sys.argv[1], 0))
        time.sleep(0.3)
        socket.create_server((sys.argv[1], int(sys.argv[2]))).accept()[0].sendall(b"x")
        """
    with RunningServer(server(source), ports=ports) as running, socket.create_connection(running.address) as connection:
        assert connection.recv(1) == b"x"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "127.0.0.3"])
def test_of_several_addresses_the_one_that_was_asked_for_is_used(host: str, server: Server, ports: PortChooser) -> None:
    """It listens on that one a moment before the others: as soon as there is one, it is taken."""
    source = """
        listeners = [socket.socket() for _ in range(3)]
        for number, listener in enumerate(listeners, 1):
            listener.bind((f"127.0.0.{number}", int(sys.argv[2])))
        for listener in sorted(listeners, key=lambda listener: listener.getsockname()[0] != sys.argv[1]):
            listener.listen()
        threading.Event().wait()
        """
    with RunningServer(server(source), ports=ports, host=host) as running:
        assert running.address[0] == host


@pytest.mark.parametrize("address", ["0.0.0.0", "127.0.0.2", "::1", "::"])
def test_the_address_that_it_has_is_used(address: str, server: Server, ports: PortChooser) -> None:
    source = f"""
        family = socket.AF_INET6 if ":" in "{address}" else socket.AF_INET
        listener = socket.create_server(("{address}", int(sys.argv[2])), family=family)
        listener.accept()[0].sendall(b"x")
        """
    if ":" in address and not has_ipv6():
        pytest.skip("this machine has no IPv6")
    with RunningServer(server(source), ports=ports) as running:
        with socket.create_connection(running.address) as connection:
            assert connection.recv(1) == b"x"
        assert running.address[0] == {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


def test_a_child_may_be_the_one_that_listens(server: Server, ports: PortChooser) -> None:
    source = """
        import subprocess
        if len(sys.argv) == 3:
            subprocess.run([sys.executable, *sys.argv, "child"])
        else:
            socket.create_server((sys.argv[1], int(sys.argv[2]))).accept()
        """
    with RunningServer(server(source), ports=ports) as running:
        assert len(running.watch.read() or ()) == 2


def test_further_ports_are_its_own_affair(server: Server, ports: PortChooser) -> None:
    source = """
        other = socket.create_server((sys.argv[1], 0))
        listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
        listener.accept()[0].sendall(b"x")
        """
    with RunningServer(server(source), ports=ports) as running, socket.create_connection(running.address) as connection:
        assert connection.recv(1) == b"x"


def test_each_start_has_a_port_of_its_own(server: Server, ports: PortChooser) -> None:
    implementation = server("socket.create_server((sys.argv[1], int(sys.argv[2]))).accept()")
    with RunningServer(implementation, ports=ports) as one, RunningServer(implementation, ports=ports) as two:
        assert one.address != two.address


def test_its_last_words_are_complete_after_its_end(server: Server, ports: PortChooser, until: Until) -> None:
    source = """
        listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
        listener.accept()
        raise SystemExit("the last words")
        """
    with RunningServer(server(source), ports=ports) as running:
        socket.create_connection(running.address).close()
        until(running.watch.death)
        assert running.watch.death() == "exited with status 1"
    assert running.output_tail() == "the last words\n"


def test_no_such_program(server: Server, ports: PortChooser) -> None:
    implementation = server("", command=["no-such-program", "{port}"])
    assert failure(implementation, ports) == "the server: there is no program no-such-program in PATH"


def test_it_exits_at_once(server: Server, ports: PortChooser) -> None:
    assert failure(server("print('hello\\x1b[1m'); raise SystemExit('no \\xe4')"), ports) == (
        "the server: it exited with status 1 before it listened on PORT; it printed last:\n    hello\\x1b[1m\n    no ä"
    )


def test_it_is_ended_by_a_signal_at_once(server: Server, ports: PortChooser) -> None:
    assert failure(server("os.kill(os.getpid(), 6)"), ports) == (
        "the server: it was ended by signal SIGABRT before it listened on PORT; it printed nothing"
    )


def test_it_goes_to_the_background(server: Server, ports: PortChooser) -> None:
    source = """
        child = os.fork()
        if child == 0: threading.Event().wait()
        with open("pid", "w") as file: file.write(f"{child}\\n")
        os._exit(0)
        """
    assert failure(server(source), ports) == (
        "the server: it exited with status 0 before it listened on PORT, and left processes in the background; "
        "start it in the foreground; it printed nothing"
    )


def test_it_never_listens(server: Server, ports: PortChooser) -> None:
    implementation = server(
        "print('waiting', flush=True); threading.Event().wait()", time_limits=TimeLimits(start_seconds=0.5)
    )
    assert failure(implementation, ports) == (
        "the server: it did not listen on PORT within 0.5 s; it printed last:\n    waiting"
    )


def test_it_listens_on_another_port(server: Server, ports: PortChooser) -> None:
    source = """
        listener = socket.create_server(("127.0.0.1", 0))
        print(f"on {listener.getsockname()[1]}", flush=True)
        listener.accept()
        """
    message = failure(server(source, time_limits=TimeLimits(start_seconds=0.5)), ports)
    assert message == (
        'the server: it listens on PORT, was asked for PORT; put "{port}" into the command, or say port: observed; '
        "it printed last:\n"
        "    " + message.splitlines()[-1].strip()
    )


def test_it_listens_on_another_port_and_there_is_no_need_to_wait_for_long(server: Server, ports: PortChooser) -> None:
    source = "socket.create_server(('127.0.0.1', 0)).accept()"
    implementation = server(source, arguments=(), time_limits=TimeLimits(start_seconds=100_000))
    assert failure(implementation, ports) == (
        'the server: it listens on PORT, was asked for PORT; put "{port}" into the command, or say port: observed; '
        "it printed nothing"
    )


def test_it_floods_its_output(server: Server, ports: PortChooser) -> None:
    message = failure(server("while True: os.write(1, b'spam\\n' * 10000)"), ports)
    first, *rest = message.splitlines()
    assert first == "the server: it floods its output instead of listening; it printed last:"
    assert "    spam" in rest


class FixedPorts(PortChooser):
    """Gives out what it was told to, as if a port had been taken after the choice."""

    def __init__(self, *ports: int) -> None:
        super().__init__(Random(0))
        self.left = list(ports)

    def choose(self) -> int:
        return self.left.pop(0) if self.left else super().choose()


BINDS_ONLY = "socket.create_server((sys.argv[1], int(sys.argv[2])), reuse_port=False).accept()"


def test_a_port_that_was_taken_in_between_is_replaced(server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as foreign:
        taken = foreign.getsockname()[1]
        with RunningServer(server(BINDS_ONLY), ports=FixedPorts(taken, taken)) as running:
            assert running.address[1] != taken


def test_a_taken_port_is_seen_though_the_server_says_nothing_of_it(server: Server) -> None:
    source = f"""
        try:
            {BINDS_ONLY}
        except OSError:
            sys.exit("no")
        """
    with socket.create_server(("127.0.0.1", 0)) as foreign:
        taken = foreign.getsockname()[1]
        with RunningServer(server(source), ports=FixedPorts(taken)) as running:
            assert running.address[1] != taken


def test_a_port_that_is_held_without_listening_is_known_by_what_the_server_prints(server: Server) -> None:
    with socket.socket() as foreign:
        foreign.bind(("127.0.0.1", 0))
        taken = foreign.getsockname()[1]
        with RunningServer(server(BINDS_ONLY), ports=FixedPorts(taken)) as running:
            assert running.address[1] != taken


def test_after_three_taken_ports_it_is_an_error(server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as foreign:
        ports = FixedPorts(*[foreign.getsockname()[1]] * 4)
        message = failure(server(BINDS_ONLY), ports)
    assert message.startswith("the server: it exited with status 1 before it listened on PORT; it printed last:\n")
    assert "Address already in use" in message.splitlines()[-1]
    assert len(ports.left) == 1


def test_a_build_that_works(server: Server, tmp_path: Path) -> None:
    build(server("", build=[["{python}", "-c", "open('built', 'w').write('{dir}')"], ["test", "-s", "built"]]))
    assert (tmp_path / "built").read_text() == str(tmp_path)


def test_a_build_that_fails(server: Server) -> None:
    implementation = server("", build=[["sh", "-c", "echo no rule >&2; exit 2"], ["touch", "not-reached"]])
    with pytest.raises(ImplementationError) as raised:
        build(implementation)
    assert str(raised.value) == (
        "the server: its build command `sh -c 'echo no rule >&2; exit 2'` exited with status 2; "
        "it printed last:\n    no rule"
    )
    assert not (implementation.folder / "not-reached").exists()


def test_a_build_that_takes_too_long(server: Server) -> None:
    implementation = server("", build=[["sleep", "3600"]], time_limits=TimeLimits(build_seconds=0.1))
    with pytest.raises(ImplementationError) as raised:
        build(implementation)
    assert str(raised.value) == (
        "the server: its build command `sleep 3600` did not end within 0.1 s; it printed nothing"
    )


def test_a_build_tool_that_is_missing(server: Server) -> None:
    with pytest.raises(ImplementationError) as raised:
        build(server("", build=[["no-such-compiler"]]))
    assert str(raised.value) == "the server: there is no program no-such-compiler in PATH"


@pytest.mark.skipif(not shutil.which("node"), reason="needs node")
def test_node(tmp_path: Path, server: Server, ports: PortChooser) -> None:
    (tmp_path / "server.js").write_text("require('net').createServer(c => c.end('x')).listen(+process.argv[2])")
    implementation = server("", command=["node", "server.js", "{port}"])
    with RunningServer(implementation, ports=ports) as running, socket.create_connection(running.address) as connection:
        assert connection.recv(1) == b"x"


@pytest.mark.skipif(not shutil.which("java"), reason="needs java")
def test_java(tmp_path: Path, server: Server, ports: PortChooser) -> None:
    (tmp_path / "Server.java").write_text(
        textwrap.dedent(
            """
            class Server {
                public static void main(String[] arguments) throws Exception {
                    var listener = new java.net.ServerSocket(Integer.parseInt(arguments[0]));
                    listener.accept().getOutputStream().write('x');
                    listener.accept();
                }
            }
            """
        )
    )
    with (
        RunningServer(server("", command=["java", "Server.java", "{port}"]), ports=ports) as running,
        socket.create_connection(running.address) as connection,
    ):
        assert connection.recv(1) == b"x"
        assert len(running.watch.read() or ()) > 1
