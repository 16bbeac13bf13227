"""Levels of isolation for programs that nobody trusts.

    table            the levels in the order of their strength, and which of them this machine offers
    bwrap, unshare,  one level each: what is prepared, and what it makes of a command (`level`),
    landlock,        by means of the steps of `launcher`, a program that confines itself and becomes the command
    rlimits, none
    view             which files are seen
    private_network  sockets in a network namespace of its own
    process_group    a bound for the number of processes

`harness/tests/implementations/test_isolation_of_hostile_programs.py` has the table of what each level stops.
"""

from shortread.implementations.isolation.level import UNCONFINED, IsolationError, Level, Limits, Sandbox, Task
from shortread.implementations.isolation.table import LEVELS, Offer, level_for, probe

__all__ = [
    "LEVELS",
    "UNCONFINED",
    "IsolationError",
    "Level",
    "Limits",
    "Offer",
    "Sandbox",
    "Task",
    "level_for",
    "probe",
]
