"""What one trial leaves behind for the next: whom a check blames, and what it asks of a fresh instance."""

from __future__ import annotations

from collections.abc import Callable

from shortread.engine.plan import Plan
from shortread.implementations.output import FLOOD_BYTES
from shortread.results import Run, Status

MakePlan = Callable[..., Plan]
RunCheck = Callable[..., Run]

CONFORMING = """
    for number in range(1, sys.maxsize):
        with listener.accept()[0] as connection:
            try:
                for message in frames(connection):
                    reply(connection, message)
            except (EOFError, ConnectionError):
                pass
    """


FLOODING = f"""
    import fcntl, struct, termios


    def unread():
        return struct.unpack("i", fcntl.ioctl(1, termios.FIONREAD, bytes(4)))[0]


    def flood():
        printed = 0
        while printed - unread() <= {FLOOD_BYTES}:
            printed += os.write(1, b"more\\n" * 1000)

    """


def codes(run: Run) -> list[str]:
    return [finding.code for finding in run.findings]


def counts(run: Run) -> dict[str, tuple[int, int]]:
    """How many trials of each fault were run, and how many failed."""
    return {by.fault: (by.run, by.failed) for by in run.by}


def test_the_trial_that_ends_the_service_is_shown_and_not_the_one_that_finds_it_ended(
    check: RunCheck, plan: MakePlan
) -> None:
    """The messages that come together pass; whoever connects next finds nobody, and passes on a fresh instance."""
    source = """
        came_together = False
        while True:
            with listener.accept()[0] as connection:
                if came_together:
                    sys.exit("one is enough")
                came_together = len(connection.recv(100, socket.MSG_PEEK)) == 14
                for message in frames(connection):
                    reply(connection, message)
        """
    run = check(source, plan("together", "every-cut"))
    assert (run.verdict, codes(run)) == (Status.FAIL, ["SR305"])
    assert counts(run)["together"] == (1, 0)
    assert run.findings[0].evidence.replay == "netstring/ordinary/1@send 0..14 await-reply"


def test_what_only_an_instance_that_was_used_before_shows_is_not_repeated(check: RunCheck, plan: MakePlan) -> None:
    """A failure that cannot be shown again by itself is no finding: nobody could replay it."""
    source = CONFORMING.replace("reply(connection, message)", "reply(connection, message * (number // 4 + 1))")
    run = check(source, plan("together", "every-cut"))
    assert (run.verdict, run.findings) == (Status.INCONCLUSIVE, ())
    assert (run.trials.passed, run.trials.failed, run.trials.inconclusive) == (3, 0, 12)


def test_whoever_is_wrong_from_the_start_is_not_blamed_for_its_health(check: RunCheck, plan: MakePlan) -> None:
    source = CONFORMING.replace("reply(connection, message)", "reply(connection, message.upper())")
    run = check(source, plan("half-close", "close", "reset"))
    assert codes(run) == ["SR001"]
    # Trials that stop inside the first message have nothing wrong, if nobody takes the state of the server for theirs.
    assert all(failed < of_fault for of_fault, failed in list(counts(run).values())[1:])


def test_one_that_floods_its_output_is_given_up_with_the_fault_that_made_it(check: RunCheck, plan: MakePlan) -> None:
    """It goes on serving, as well as ever: nothing but its output is wrong."""
    source = FLOODING + CONFORMING.replace("try:\n", "try:\n                if number == 2: flood()\n")
    run = check(source, plan("every-cut", "held"))
    assert (run.verdict, run.findings) == (Status.ERROR, ())
    assert run.reason.startswith("it floods its output; the last it printed:\n")
    assert {fault: run_ for fault, (run_, _) in counts(run).items()} == {"whole": 1, "every-cut": 13, "held": 0}
