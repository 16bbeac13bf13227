"""The command `shortread`: its subcommands, and what becomes of errors."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from typing import NoReturn

import click

from shortread import __version__
from shortread.cli.check import check
from shortread.cli.exit_status import ExitStatus
from shortread.cli.explain import explain
from shortread.cli.init import init
from shortread.cli.proxy import proxy
from shortread.cli.record import record
from shortread.cli.replay import replay
from shortread.cli.report import report
from shortread.cli.selftest import selftest
from shortread.cli.serve_flawed import serve_flawed
from shortread.cli.spec.group import spec
from shortread.cli.standard_streams import read_by_anybody
from shortread.errors import ImplementationError, UsageError
from shortread.implementations import interrupted_by_sigterm


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="shortread %(version)s")
def shortread() -> None:
    """Find out whether an implementation understands every message, wherever TCP cuts the stream.

    \b
    Example:
      shortread check --spec netstring -- ./my-server --port {port}
    """


for command in (check, explain, init, proxy, record, replay, report, selftest, serve_flawed, spec):
    shortread.add_command(command)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command line (without the program's name; default: the process's own) and exit with its status."""
    with interrupted_by_sigterm(), read_by_anybody():
        status = _status_of(arguments)
    sys.exit(status)


def _status_of(arguments: Sequence[str] | None) -> int:
    try:
        status = shortread.main(arguments, prog_name="shortread", standalone_mode=False)
    except (KeyboardInterrupt, click.Abort):
        click.echo("shortread: interrupted", err=True)
        return ExitStatus.INTERRUPTED
    except click.ClickException as error:
        error.show()
        return ExitStatus.USAGE
    except UsageError as error:
        for problem in error.problems:
            click.echo(f"shortread: {problem}", err=True)
        return ExitStatus.USAGE
    except ImplementationError as error:
        click.echo(f"shortread: {error}", err=True)
        return ExitStatus.NOT_RUNNABLE
    except Exception:
        # Whatever it is, it is ours, and the user must be told so.
        click.echo(traceback.format_exc(), err=True)
        click.echo("shortread: this is a bug in shortread, not in what was tested; please report it", err=True)
        return ExitStatus.HARNESS_BUG
    return int(status or 0)
