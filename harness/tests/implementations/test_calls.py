"""The table of waiting calls, against the kernel's headers and by example."""

from __future__ import annotations

import re
import struct
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from shortread.implementations.calls import CALLS, ENDLESS, UNKNOWN, Call, Wait, rules_for
from shortread.wire.watch import Activity

HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}


@dataclass
class FakeProcess:
    memories: dict[int, bytes] = field(default_factory=dict)
    files: dict[int, str] = field(default_factory=dict)

    def memory(self, address: int, size_bytes: int) -> bytes | None:
        found = self.memories.get(address)
        return found[:size_bytes] if found else None

    def open_file(self, descriptor: int) -> str | None:
        return self.files.get(descriptor)


def wait_of(name: str, *arguments: int, process: FakeProcess | None = None) -> Wait | None:
    (call,) = (call for call in CALLS if call.name == name)
    return call.rule([*arguments, *[0] * (6 - len(arguments))], process or FakeProcess())


def holding(seconds: int, fraction: int) -> FakeProcess:
    """A process with a time at address 16."""
    return FakeProcess(memories={16: struct.pack("=qq", seconds, fraction)})


@pytest.mark.parametrize("machine", HEADERS)
def test_the_numbers_are_those_of_the_kernel_headers(machine: str) -> None:
    if not HEADERS[machine].exists():
        pytest.skip(f"needs {HEADERS[machine]}")
    defined = re.findall(r"#define __NR(?:3264)?_(\w+) (\d+)\b", HEADERS[machine].read_text())
    expected = {name: int(number) for name, number in defined}

    numbers = {call.name: getattr(call, machine) for call in CALLS}

    assert numbers == {call.name: expected.get(call.name) for call in CALLS}


def test_each_machine_has_a_rule_for_each_of_its_calls() -> None:
    for machine in HEADERS:
        rules = rules_for(machine)
        assert rules is not None
        assert len(rules) == sum(getattr(call, machine) is not None for call in CALLS)
    assert rules_for("riscv64") is None


@pytest.mark.parametrize("call", [call for call in CALLS if call.name.startswith(("accept", "recvf", "wait"))])
def test_some_calls_only_end_by_an_event(call: Call) -> None:
    assert call.rule([3, 0, 0, 0, 0, 0], FakeProcess()) == ENDLESS


@pytest.mark.parametrize("minus_one", [0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF])
def test_minus_one_is_endless_however_wide_it_is_shown(minus_one: int) -> None:
    assert wait_of("epoll_wait", 4, 0, 16, minus_one) == ENDLESS
    assert wait_of("poll", 0, 1, minus_one) == ENDLESS


def test_milliseconds_are_a_duration() -> None:
    assert wait_of("epoll_pwait", 4, 0, 16, 250) == Wait(250e6)


def test_upper_bits_of_an_int_do_not_count() -> None:
    assert wait_of("poll", 0, 1, 0xABCD_0000_0001) == Wait(1e6)


def test_pointers_to_times_are_followed() -> None:
    assert wait_of("ppoll", 0, 1, 16, process=holding(3, 5)) == Wait(3_000_000_005)
    assert wait_of("select", 1, 0, 0, 0, 16, process=holding(3, 5)) == Wait(3_000_005_000)
    assert wait_of("nanosleep", 16, process=holding(0, 7)) == Wait(7)


def test_no_pointer_is_endless_and_an_unreadable_one_unknown() -> None:
    assert wait_of("ppoll", 0, 1, 0) == ENDLESS
    assert wait_of("ppoll", 0, 1, 99) == UNKNOWN


def test_futex_wait_has_a_duration_whatever_its_clock() -> None:
    for operation in (0, 0 | 128, 0 | 128 | 256):
        assert wait_of("futex", 1, operation, 0, 16, process=holding(2, 0)) == Wait(2e9)
    assert wait_of("futex", 1, 128, 0, 0) == ENDLESS


def test_other_futex_waits_have_a_deadline_on_the_clock_of_their_flag() -> None:
    process = holding(2, 0)
    assert wait_of("futex", 1, 9 | 128, 0, 16, process=process) == Wait(2e9, time.CLOCK_MONOTONIC)
    assert wait_of("futex", 1, 9 | 128 | 256, 0, 16, process=process) == Wait(2e9, time.CLOCK_REALTIME)
    assert wait_of("futex", 1, 6, 0, 16, process=process) == Wait(2e9, time.CLOCK_REALTIME)


def test_waking_a_futex_is_no_wait() -> None:
    assert wait_of("futex", 1, 1 | 128, 1, 0) is None


def test_a_sleep_until_a_time_has_a_deadline_and_one_for_a_time_a_duration() -> None:
    assert wait_of("clock_nanosleep", 1, 1, 16, process=holding(2, 0)) == Wait(2e9, 1)
    assert wait_of("clock_nanosleep", 1, 0, 16, process=holding(2, 0)) == Wait(2e9)


def test_a_deadline_on_a_clock_that_cannot_be_read_is_unknown() -> None:
    cpu_clock = 0xFFFFFFFA
    assert wait_of("clock_nanosleep", cpu_clock, 1, 16, process=holding(2, 0)) == UNKNOWN


def test_reading_waits_for_events_only_where_events_come_from() -> None:
    files = {
        3: "socket:[1]",
        4: "pipe:[1]",
        5: "/dev/pts/1",
        6: "anon_inode:[timerfd]",
        7: "/var/data",
    }
    waits = {files[n]: wait_of("read", n, process=FakeProcess(files=files)) for n in files}
    assert waits == {
        "socket:[1]": ENDLESS,
        "pipe:[1]": ENDLESS,
        "/dev/pts/1": ENDLESS,
        "anon_inode:[timerfd]": None,
        "/var/data": None,
    }
    assert wait_of("read", 9) is None


def test_only_waiting_lock_commands_wait() -> None:
    assert wait_of("fcntl", 3, 7) == ENDLESS
    assert wait_of("fcntl", 3, 6) is None


def test_a_wait_longer_than_the_patience_is_as_good_as_endless() -> None:
    assert ENDLESS.activity(2e9) is Activity.BLOCKED
    assert Wait(3e9).activity(2e9) is Activity.BLOCKED
    assert Wait(2e9).activity(2e9) is Activity.TIMED
    assert UNKNOWN.activity(2e9) is Activity.TIMED


def test_of_a_deadline_what_is_left_counts() -> None:
    now = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
    assert Wait(now + 3600e9, time.CLOCK_MONOTONIC).activity(2e9) is Activity.BLOCKED
    assert Wait(now + 1e9, time.CLOCK_MONOTONIC).activity(2e9) is Activity.TIMED
