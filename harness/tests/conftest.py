"""Settings of all tests: properties are tried with the same examples every time, for as long as they take."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# Whether an example is slow says something of the machine and nothing of the code.
settings.register_profile("repeatable", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("repeatable")
