"""Counts, and their text form for Prometheus (exposition format 0.0.4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """What one metric is: its kind in Prometheus' sense, its labels, and a sentence."""

    kind: str
    labels: tuple[str, ...]
    help: str


METRICS: Mapping[str, Metric] = {
    "connections_total": Metric(kind="counter", labels=("proxy",), help="Connections that were accepted."),
    "connections_open": Metric(kind="gauge", labels=("proxy",), help="Connections that are open now."),
    "connections_failed_total": Metric(
        kind="counter", labels=("proxy",), help="Connections for which the server could not be reached."
    ),
    "resets_total": Metric(kind="counter", labels=("proxy", "by"), help="Connections that were reset, and by whom."),
    "octets_total": Metric(kind="counter", labels=("proxy", "direction"), help="Octets that were passed on."),
    "faults_total": Metric(
        kind="counter", labels=("proxy", "direction", "fault"), help="Places at which a fault has struck."
    ),
    "boundaries_total": Metric(
        kind="counter", labels=("proxy", "proof"), help="Ends of segments, and how surely they were read apart."
    ),
    "framing_lost_total": Metric(
        kind="counter", labels=("proxy", "direction"), help="Streams that broke the framing of the spec."
    ),
}
_PREFIX = "shortread_proxy_"


class Metrics:
    """The counts of one process."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[tuple[str, ...]]] = {name: Counter() for name in METRICS}

    def add(self, name: str, *labels: str, count: int = 1) -> None:
        """Count something; the labels are those of the table, in its order."""
        assert len(labels) == len(METRICS[name].labels)
        self._counts[name][labels] += count

    def render(self) -> str:
        """All of them, in the order of the table."""
        return "".join(line + "\n" for name in METRICS for line in self._lines(name))

    def _lines(self, name: str) -> Iterator[str]:
        metric = METRICS[name]
        yield f"# HELP {_PREFIX}{name} {metric.help}"
        yield f"# TYPE {_PREFIX}{name} {metric.kind}"
        for labels, count in sorted(self._counts[name].items()):
            pairs = ",".join(f'{label}="{_escaped(value)}"' for label, value in zip(metric.labels, labels, strict=True))
            yield f"{_PREFIX}{name}{{{pairs}}} {count}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
