"""Ports that are free and outside the ephemeral range."""

from __future__ import annotations

import socket
from random import Random

import pytest

from shortread.errors import ImplementationError
from shortread.implementations.ports import PortChooser, ephemeral_range, is_free, ports_outside


@pytest.mark.parametrize(
    ("ephemeral", "expected"),
    [
        ((32768, 60999), range(22768, 32768)),
        ((5000, 60999), range(1024, 5000)),
        ((1024, 60999), range(61000, 65536)),
        ((1024, 65535), range(20000, 30000)),
        (None, range(20000, 30000)),
    ],
)
def test_ports_lie_outside_the_ephemeral_range(ephemeral: tuple[int, int] | None, expected: range) -> None:
    assert ports_outside(ephemeral) == expected


def test_a_chosen_port_is_outside_the_range_of_this_machine() -> None:
    assert PortChooser(Random(1)).choose() in ports_outside(ephemeral_range())


def test_the_same_seed_gives_the_same_ports() -> None:
    assert PortChooser(Random(7)).choose() == PortChooser(Random(7)).choose()


def test_a_port_is_not_given_out_again_soon() -> None:
    chooser = PortChooser(Random(1))
    chosen = [chooser.choose() for _ in range(500)]
    assert len(set(chosen)) == 500


@pytest.mark.parametrize(
    ("family", "address"),
    [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::1"), (socket.AF_INET6, "::")],
)
def test_a_port_on_which_somebody_listens_is_not_free(family: socket.AddressFamily, address: str) -> None:
    try:
        listener = socket.create_server((address, 0), family=family)
    except OSError:
        pytest.skip(f"this machine has no {address}")
    with listener:
        assert not is_free(listener.getsockname()[1])


def test_when_every_port_is_taken_the_error_names_the_range() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        chooser = PortChooser(Random(1), ports=range(port, port + 1))
        with pytest.raises(ImplementationError) as raised:
            chooser.choose()
    assert str(raised.value) == f"no free port was found from {port} to {port}"
