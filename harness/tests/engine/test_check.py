"""Whole checks of small servers: what each comes to, from the first trial to the confirmed finding."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from shortread.engine.check import INTERRUPTED, Check
from shortread.engine.plan import Plan
from shortread.implementations.implementation import Implementation
from shortread.implementations.tree import process_status
from shortread.results import Run, RunFinished, RunStarted, Status, TrialsFinished
from shortread.wire.patience import Patience

Server = Callable[[str], Implementation]
Prepare = Callable[..., Check]
MakePlan = Callable[..., Plan]
RunCheck = Callable[..., Run]

CONFORMING = """
    while True:
        with listener.accept()[0] as connection:
            try:
                for message in frames(connection):
                    reply(connection, message)
            except EOFError:
                pass
    """


def codes(run: Run) -> list[str]:
    return [finding.code for finding in run.findings]


def living(folder: Path) -> list[str]:
    """The servers that were started in a folder and are still there."""
    return [pid for pid in (folder / "pids").read_text().split() if process_status(int(pid)) is not None]


def test_a_conforming_server_passes_every_trial(check: RunCheck, plan: MakePlan) -> None:
    everything = plan("together", "every-cut", "one-byte", "held", "half-close", "close")
    run = check(CONFORMING, everything)
    assert (run.verdict, run.findings, run.reason) == (Status.PASS, (), "")
    assert run.trials.passed == run.trials.run == run.trials.planned == everything.trial_count


def test_the_events_of_a_check_are_in_order(server: Server, prepare: Prepare, plan: MakePlan) -> None:
    small = plan("every-cut", "half-close")
    first, *progress, last = prepare(server(CONFORMING), small).events()
    assert isinstance(first, RunStarted)
    assert first.planned == small.trial_count
    assert progress == [TrialsFinished(finished=25, failed=0)]
    assert isinstance(last, RunFinished)


def test_nothing_is_left_running(check: RunCheck, plan: MakePlan, tmp_path: Path) -> None:
    check(CONFORMING, plan())
    assert living(tmp_path) == []


def test_a_server_without_framing_is_named(check: RunCheck, plan: MakePlan) -> None:
    source = """
        while True:
            with listener.accept()[0] as connection:
                while octets := connection.recv(65536):
                    connection.sendall(octets)
        """
    run = check(source, plan("held", "half-close"))
    assert (run.verdict, codes(run)) == (Status.FAIL, ["SR207"])
    assert run.trials.failed == run.findings[0].explains


def test_a_server_that_takes_one_read_for_one_message_is_named(check: RunCheck, plan: MakePlan) -> None:
    source = """
        while True:
            with listener.accept()[0] as connection:
                while octets := connection.recv(65536):
                    reply(connection, octets.partition(b":")[2].partition(b",")[0])
        """
    run = check(source, plan("together"))
    (finding,) = run.findings
    assert (finding.code, finding.families) == ("SR103", {"together": (1, 1)})
    assert (finding.certainty, finding.also) == ("exact", ("SR201", "SR203"))
    assert finding.reproduce == ("shortread", "replay", "netstring/ordinary/1@send 0..14 await-reply", "here")


def test_a_server_that_is_always_wrong_has_no_framing_mistake(check: RunCheck, plan: MakePlan) -> None:
    source = CONFORMING.replace("reply(connection, message)", "reply(connection, message.upper())")
    assert codes(check(source, plan("every-cut"))) == ["SR001"]


def test_a_server_that_dies_of_a_half_closed_message_is_found(check: RunCheck, plan: MakePlan) -> None:
    source = CONFORMING.replace("pass", "raise")
    run = check(source, plan("half-close"))
    assert (run.verdict, codes(run)) == (Status.FAIL, ["SR305"])
    assert run.findings[0].families == {"half-close": (12, 17)}
    assert run.findings[0].evidence.replay == "netstring/ordinary/1@send 0..1 read half-close"


@pytest.mark.parametrize("then", ["listener.close()", "pass"], ids=["it closes its port", "it accepts nobody"])
def test_a_server_that_serves_nobody_after_a_bad_client_is_found(then: str, check: RunCheck, plan: MakePlan) -> None:
    source = f"""
        def accept():
            while True:
                with listener.accept()[0] as connection:
                    for message in frames(connection):
                        reply(connection, message)

        try:
            accept()
        except EOFError:
            {then}
        never()
        """
    run = check(source, plan("held", "half-close"), Patience(limit_seconds=0.5))
    assert (run.verdict, codes(run)) == (Status.FAIL, ["SR305"])


def test_a_server_that_dies_a_moment_after_its_client_is_found(check: RunCheck, plan: MakePlan) -> None:
    """The next trial finds it dying or dead; which of both must not matter."""
    source = """
        with listener.accept()[0] as connection:
            for message in frames(connection):
                reply(connection, message)
        sum(range(200_000))
        sys.exit("one is enough")
        """
    run = check(source, plan("together"))
    assert (run.verdict, codes(run)) == (Status.FAIL, ["SR305"])


def test_a_server_that_never_closes_hangs_at_the_end(check: RunCheck, plan: MakePlan) -> None:
    source = """
        connections = []
        while True:
            connections.append(listener.accept()[0])
            for message in frames(connections[-1]):
                reply(connections[-1], message)
        """
    run = check(source, plan("together"), Patience(limit_seconds=0.5))
    assert codes(run) == ["SR303"]
    assert run.findings[0].evidence.ended == "waiting"


def test_the_rest_of_a_fault_is_left_out_after_failures_that_cost_time(check: RunCheck, plan: MakePlan) -> None:
    source = """
        while True:
            with listener.accept()[0] as connection:
                for message in frames(connection):
                    pass
        """
    run = check(source, plan("every-cut"), Patience(limit_seconds=0.5))
    assert (run.trials.planned, run.trials.run, run.trials.not_run) == (14, 4, 10)
    assert run.reason == "10 trials of every-cut left out after failures that had to be waited for"


def test_where_much_has_cost_time_one_failure_is_enough_for_each_further_fault(check: RunCheck, plan: MakePlan) -> None:
    source = """
        connections = []
        while True:
            connections.append(listener.accept()[0])
            for message in frames(connections[-1]):
                reply(connections[-1], message)
        """
    run = check(source, plan("every-cut", "held", "every-pair", "pieces"), Patience(limit_seconds=0.5))
    # The third of them reaches the limit of all with its first.
    assert {by.fault: by.run for by in run.by} == {"whole": 1, "every-cut": 3, "held": 3, "every-pair": 1, "pieces": 1}


@pytest.mark.parametrize(
    "dawdle",
    ["time.sleep(0.3)", "end = time.thread_time() + 0.3\nwhile time.thread_time() < end: pass"],
    ids=["it sleeps", "it computes"],
)
def test_a_server_that_is_slow_and_right_has_no_finding(dawdle: str, check: RunCheck, plan: MakePlan) -> None:
    slow = "\n".join(" " * 20 + line for line in dawdle.splitlines())
    source = CONFORMING.replace("in frames(connection):\n", f"in frames(connection):\n{slow}\n")
    run = check(source, plan("together"))
    assert run.findings == ()
    assert run.trials.not_run == 0


def test_nothing_is_left_out_for_a_server_that_turns_out_to_be_slow(check: RunCheck, plan: MakePlan) -> None:
    busy = "end = time.thread_time() + 0.15; [0 for _ in iter(lambda: time.thread_time() < end, False)]"
    source = CONFORMING.replace("in frames(connection):\n", f"in frames(connection):\n{' ' * 20}{busy}\n")
    run = check(source, plan("every-cut", messages=["hello"]))
    assert (run.verdict, run.findings, run.trials.not_run) == (Status.PASS, (), 0)


def test_a_failure_that_does_not_repeat_is_inconclusive(check: RunCheck, plan: MakePlan) -> None:
    source = "if not os.path.exists('again'): open('again', 'w').close(); listener.accept()[0].close()\n" + CONFORMING
    run = check(source.replace("\n    ", "\n"), plan("together"))
    assert (run.verdict, run.findings) == (Status.INCONCLUSIVE, ())
    assert (run.trials.passed, run.trials.failed, run.trials.inconclusive) == (1, 0, 1)


def test_a_server_that_answers_now_so_and_now_otherwise_is_unstable(check: RunCheck, plan: MakePlan) -> None:
    source = """
        connections = 0
        while True:
            with listener.accept()[0] as connection:
                connections += 1
                for message in frames(connection):
                    reply(connection, message[::-1] if connections % 3 == 0 else message)
        """
    run = check(source, plan("every-cut"))
    assert (run.verdict, codes(run)) == (Status.FAIL, ["SR002"])
    assert run.findings[0].explains == 1


def test_a_server_that_cannot_start_is_an_error(
    server: Server, prepare: Prepare, plan: MakePlan, tmp_path: Path
) -> None:
    implementation = server("")
    (tmp_path / "server.py").write_text("raise SystemExit('no configuration')", encoding="utf-8")
    *_, last = prepare(implementation, plan()).events()
    assert isinstance(last, RunFinished)
    run = last.run
    assert (run.verdict, run.trials.run, run.trials.not_run) == (Status.ERROR, 0, 1)
    assert re.sub(r"(?<=127\.0\.0\.1:)\d+", "PORT", run.reason) == (
        "the server: it exited with status 1 before it listened on 127.0.0.1:PORT; it printed last:\n"
        "    no configuration"
    )


def test_an_interrupted_check_ends_with_what_was_finished(
    server: Server, prepare: Prepare, plan: MakePlan, tmp_path: Path
) -> None:
    events = prepare(server(CONFORMING), plan("every-cut", "half-close")).events()
    while not isinstance(next(events), TrialsFinished):
        pass
    last = events.throw(KeyboardInterrupt)
    assert isinstance(last, RunFinished)
    assert (last.run.verdict, last.run.reason) == (Status.INCONCLUSIVE, INTERRUPTED)
    assert (last.run.trials.run, last.run.trials.passed) == (25, 25)
    assert living(tmp_path) == []


def test_a_check_that_is_interrupted_before_its_first_trial_ends_too(
    server: Server, prepare: Prepare, plan: MakePlan
) -> None:
    events = prepare(server(CONFORMING), plan()).events()
    next(events)
    last = events.throw(KeyboardInterrupt)
    assert isinstance(last, RunFinished)
    assert (last.run.reason, last.run.trials.run) == (INTERRUPTED, 0)


def test_a_check_that_nobody_listens_to_any_more_leaves_nothing_running(
    server: Server, prepare: Prepare, plan: MakePlan, tmp_path: Path
) -> None:
    events = prepare(server(CONFORMING), plan("every-cut", "half-close")).events()
    while not isinstance(next(events), TrialsFinished):
        pass
    events.close()
    assert living(tmp_path) == []
