"""The command that shows a finding again."""

from __future__ import annotations

import shlex

from shortread.report.printable import visible
from shortread.results import Finding

_LONGEST = 4_096


def command_of(finding: Finding) -> str:
    """One line for a shell, with nothing in it that can steer a terminal; one that is too long to copy is cut."""
    command = visible(shlex.join(finding.reproduce))
    if len(command) <= _LONGEST:
        return command
    return f"{command[:_LONGEST]} … (too long to show; the results file has it)"
