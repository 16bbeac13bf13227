"""The log and the metrics, alone."""

from __future__ import annotations

import io
import json

from shortread.proxy.action_log import ActionLog
from shortread.proxy.metrics import METRICS, Metrics


def test_a_line_for_each_action() -> None:
    seconds = iter([10.0, 10.25, 12.0])
    file = io.BytesIO()
    log = ActionLog(file, clock=lambda: next(seconds))
    log.write("opened", connection=1, by=None)
    log.write("é", text="a\nb")
    assert [json.loads(line) for line in file.getvalue().splitlines()] == [
        {"at_seconds": 0.25, "action": "opened", "connection": 1},
        {"at_seconds": 2.0, "action": "é", "text": "a\nb"},
    ]


def test_counts_for_prometheus() -> None:
    metrics = Metrics()
    metrics.add("connections_total", "b")
    metrics.add("connections_total", 'a"\\\n', count=2)
    text = metrics.render()
    assert text.startswith(
        "# HELP shortread_proxy_connections_total Connections that were accepted.\n"
        "# TYPE shortread_proxy_connections_total counter\n"
        'shortread_proxy_connections_total{proxy="a\\"\\\\\\n"} 2\n'
        'shortread_proxy_connections_total{proxy="b"} 1\n'
    )
    assert text.count("# TYPE ") == len(METRICS)


def test_what_only_grows_is_called_total() -> None:
    assert {name for name in METRICS if name.endswith("_total")} == {
        name for name, metric in METRICS.items() if metric.kind == "counter"
    }
