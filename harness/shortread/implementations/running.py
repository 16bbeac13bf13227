"""What a running server and a running client have in common: processes that are watched, and ended."""

from __future__ import annotations

from shortread.implementations.implementation import Implementation, placeholder_values
from shortread.implementations.isolation.level import Sandbox
from shortread.implementations.output import Output
from shortread.implementations.placeholders import expand
from shortread.implementations.process import RunningProcess
from shortread.implementations.start import start
from shortread.implementations.threads import ThreadWatch
from shortread.wire.watch import Watch


class Running:
    """An implementation that runs, from its start until `end`. It is not built here."""

    def __init__(self, implementation: Implementation, *, host: str, has_transcript: bool, sandbox: Sandbox) -> None:
        self._implementation = implementation
        self._host = host
        self._has_transcript = has_transcript
        self._sandbox = sandbox
        self._process: RunningProcess
        self._watch: ThreadWatch

    @property
    def watch(self) -> Watch:
        """Looks at its processes."""
        return self._watch

    @property
    def transcript(self) -> Output | None:
        """What it prints, where that tells what it understood."""
        return self._process.transcript if self._has_transcript else None

    @property
    def processes(self) -> tuple[int, ...]:
        """The ids of its living processes."""
        return self._process.tree.living()

    @property
    def is_flooding(self) -> bool:
        """Whether it printed so much that its output is not read any more, and it may be stuck in a write."""
        return self._process.is_flooding

    def output_tail(self) -> str:
        """What it printed last, safe to show; complete after its end."""
        return self._process.output_tail()

    def end(self) -> None:
        """End every process of it; again is fine."""
        self._watch.close()
        self._process.end()

    def _start_process(self, port: int) -> RunningProcess:
        values = placeholder_values(self._implementation, host=self._host, port=port)
        return start(
            self._implementation,
            [expand(word, values) for word in self._implementation.command],
            values,
            sandbox=self._sandbox,
            has_transcript=self._has_transcript,
        )

    def _watch_over(self, process: RunningProcess) -> ThreadWatch:
        patience_seconds = self._implementation.manifest.time_limits.patience_seconds
        return ThreadWatch(process.tree, death=process.death, patience_seconds=patience_seconds)
