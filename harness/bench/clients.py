"""How many trials a second a client allows, each of which is a process of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from itertools import cycle, islice

from bench.figure import Figure
from bench.subjects import bundled, codec_of
from shortread.conversations.answering import answering, next_answer
from shortread.engine.instances import Instances
from shortread.engine.plan import Family
from shortread.engine.trials import TrialRunner
from shortread.faults.table import schedules_of
from shortread.implementations import RunningClient
from shortread.judge.oracle import Oracle
from shortread.results import Status
from shortread.wire.patience import Patience
from shortread.wire.sock_diag import SockDiag

_TRIALS = 60


def measure() -> Iterator[Figure]:
    """A client in Python that asks three messages, its answers cut at their structure."""
    client, codec = bundled("python/netstring-client"), codec_of("netstring")
    with Instances(lambda: RunningClient(client).__enter__(), SockDiag(), is_for_one_connection=True) as instances:
        heard = instances.link.overhear(Patience(), partial(next_answer, codec))
        conversation = answering(codec, heard.turns, has_closed=heard.has_closed)
        schedules = schedules_of("structure", conversation)
        family = Family(
            conversation=conversation, oracle=Oracle(codec, conversation), fault="structure", schedules=schedules
        )
        instances.discard()
        runner = TrialRunner(instances, family)
        began = time.perf_counter()
        for schedule in islice(cycle(schedules), _TRIALS):
            trial = runner.run(family, schedule, Patience())
            assert trial.verdict.status is Status.PASS, trial.verdict
        rate = _TRIALS / (time.perf_counter() - began)
    yield Figure(name="trials with a client in Python", measured=rate, unit="/s", relation=">=", bound=20)
