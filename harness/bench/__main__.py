"""Measures everything, prints a line for each figure, exits with 1 when one does not hold."""

from __future__ import annotations

import sys

from bench import (
    clients,
    codec,
    functions,
    hangs,
    hostile,
    isolation,
    main_job,
    naming,
    profiles,
    proxy,
    segments,
    soak,
    trials,
    two_mistakes,
)

BENCHMARKS = {
    # First, because its peak memory is that of the whole process so far.
    "hostile": hostile,
    "codec": codec,
    "segments": segments,
    "trials": trials,
    "hangs": hangs,
    "isolation": isolation,
    "clients": clients,
    "functions": functions,
    "profiles": profiles,
    "naming": naming,
    "two-mistakes": two_mistakes,
    "proxy": proxy,
    "main-job": main_job,
    "soak": soak,
}

chosen = sys.argv[1:] or list(BENCHMARKS)
unknown = [name for name in chosen if name not in BENCHMARKS]
if unknown:
    sys.exit(f"bench: expected names of benchmarks ({', '.join(BENCHMARKS)}), found {', '.join(unknown)}")
all_hold = True
for name in chosen:
    print(f"{name}:")
    for figure in BENCHMARKS[name].measure():
        print(f"  {figure}", flush=True)
        all_hold = all_hold and figure.holds
sys.exit(0 if all_hold else 1)
