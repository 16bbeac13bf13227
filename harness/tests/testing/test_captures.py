"""What real programs said to each other is parsed to the last octet, and can be recorded again."""

from __future__ import annotations

import importlib.util
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.loading import load_codec
from shortread.spec.library import specs_folder

CAPTURES = Path(__file__).parents[3] / "fixtures" / "captures"
FILES = sorted(CAPTURES.glob("*/*.bin"))
SIDES = ("client", "server")
PATIENCE_SECONDS = 20.0


def name_of(path):
    return str(path.relative_to(CAPTURES))


def codec_for(path):
    spec = specs_folder() / f"{path.parent.name}.yaml"
    if not spec.exists():
        pytest.skip(f"no spec {path.parent.name} yet")
    _, side, _ = path.name.rsplit(".", 2)
    return FrameCodec(load_codec(spec).spec, side)


# The stored captures


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_capture_is_parsed_completely(path):
    octets = path.read_bytes()
    frames, violation = codec_for(path).parse(octets)
    assert violation is None
    assert b"".join(frame.wire for frame in frames) == octets
    assert frames


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_capture_gives_the_same_frames_byte_by_byte(path):
    codec, octets = codec_for(path), path.read_bytes()
    receiver = codec.receiver()
    frames = [frame for at in range(len(octets)) for frame in receiver.feed(octets[at : at + 1])]
    at_end, violation = receiver.end()
    assert ((*frames, *at_end), violation) == codec.parse(octets)


def test_there_are_captures_of_at_least_six_protocols():
    assert len({path.parent for path in FILES}) >= 6


def test_every_scenario_has_both_sides_and_a_row_that_says_how_it_was_made():
    rows = [row for row in (CAPTURES / "README.md").read_text().splitlines() if row.startswith("| `")]
    scenarios = [row.split("`")[1] for row in rows]
    assert sorted(map(name_of, FILES)) == sorted(f"{name}.{side}.bin" for name in scenarios for side in SIDES)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_capture_is_small(path):
    assert 0 < path.stat().st_size <= 20_000


# How they are made


def load_relay():
    spec = importlib.util.spec_from_file_location("captures_relay", CAPTURES / "relay.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def upper_case_server():
    """Answers each connection, once its client has ended, with what it said in capitals."""

    def serve():
        for _ in range(2):
            with listener.accept()[0] as accepted, accepted.makefile("rb") as said:
                accepted.sendall(b"> " + said.read().upper())

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=serve, daemon=True)
        server.start()
        yield listener.getsockname()[1]
        server.join(PATIENCE_SECONDS)


def connection_to(port):
    return socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS)


def test_the_relay_keeps_what_each_side_of_each_connection_said_and_passes_half_closes_on(upper_case_server):
    heard = []
    with load_relay().Relay(upper_case_server) as relay:
        for text in (b"one", b"two" * 100_000):
            with connection_to(relay.port) as client, client.makefile("rb") as answer:
                client.sendall(text)
                client.shutdown(socket.SHUT_WR)
                heard.append(answer.read())
    assert heard == [b"> ONE", b"> " + b"TWO" * 100_000]
    said = [(bytes(kept.client), bytes(kept.server), kept.was_reset) for kept in relay.recordings]
    assert said == [(b"one", heard[0], False), (b"two" * 100_000, heard[1], False)]


def test_a_capture_can_be_made_again(tmp_path):
    for program in ("redis-server", "redis-cli"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is missing")
    make = [sys.executable, CAPTURES / "make.py", "--into", tmp_path, "resp2/long-value"]
    made = subprocess.run(make, capture_output=True, text=True, check=False)
    assert (made.returncode, made.stderr) == (0, "")
    for side in SIDES:
        file = f"resp2/long-value.{side}.bin"
        assert (tmp_path / file).read_bytes() == (CAPTURES / file).read_bytes()
    assert "| `resp2/long-value` | redis-server " in (tmp_path / "README.md").read_text()


def test_scenarios_of_which_a_program_is_missing_are_skipped_by_its_name(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    make = [sys.executable, CAPTURES / "make.py", "--into", tmp_path, "resp2"]
    made = subprocess.run(make, capture_output=True, text=True, check=False)
    assert (made.returncode, made.stdout) == (0, "resp2: skipped, missing: redis-server, redis-cli\n")
    assert list(tmp_path.iterdir()) == []
