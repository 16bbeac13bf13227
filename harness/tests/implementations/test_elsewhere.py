"""An implementation that runs already: nothing of it is seen but its socket."""

from __future__ import annotations

import socket

from shortread.implementations.elsewhere import RunningElsewhere


def test_nothing_of_it_is_seen_and_it_goes_on_running() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        elsewhere = RunningElsewhere(listener.getsockname())
        watch = elsewhere.watch
        assert (watch.read(), watch.usage(), watch.death(), elsewhere.processes) == (None, None, None, ())
        elsewhere.end()
        socket.create_connection(elsewhere.address).close()
