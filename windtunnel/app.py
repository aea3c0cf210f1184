"""The front door: `windtunnel COMMAND`. Each group of commands has a file, and imports what it needs when it runs."""

import signal
import sys
import traceback
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from threading import current_thread, main_thread
from typing import Annotated

import typer

from windtunnel import contract, load, ops, serve, simulate
from windtunnel.console import complain
from windtunnel.doctor import doctor
from windtunnel.errors import (
    GOOD,
    INTERNAL,
    INTERRUPTED,
    FrontDoorError,
    internal_line,
    is_usage_error,
    one_line,
    usage_line,
)
from windtunnel.extras import installed

SIMULATE = "Simulate"
HOLD_TO_CONTRACT = "Hold to contract"
LOAD = "Load"
SERVE = "Serve"

app = typer.Typer(
    name="windtunnel",
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (simulate.scenarios, simulate.run, simulate.compare, simulate.replay, simulate.report):
    app.command(rich_help_panel=SIMULATE)(command)
for command in (contract.verify, contract.states, contract.conform):
    app.command(rich_help_panel=HOLD_TO_CONTRACT)(command)
app.add_typer(contract.pacts, name="pacts", rich_help_panel=HOLD_TO_CONTRACT)
for command in (load.load, load.audit):
    app.command(rich_help_panel=LOAD)(command)
app.command(rich_help_panel=SERVE)(serve.serve)
app.add_typer(ops.ops, name="ops", rich_help_panel=SERVE)
app.command(rich_help_panel=SERVE)(doctor)


@app.callback(invoke_without_command=True)
def windtunnel(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an error; anywhere on the line.")
    ] = False,
) -> None:
    """A wind tunnel for insurance cores: what will a hurricane, a 1 January or a month-end draft do to this design?"""
    if version:
        print(f"windtunnel {installed('windtunnel')}")
    elif context.invoked_subcommand is None:
        print(context.get_help())


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command line, which is the process's own if none is given, and returns the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in words
    try:
        with _stopped_by_sigterm():
            code = app([word for word in words if word != "--debug"], prog_name="windtunnel", standalone_mode=False)
    except Exception as error:
        if debug:
            traceback.print_exc()
        return _complained(error)
    except KeyboardInterrupt:
        complain("interrupted")
        return INTERRUPTED
    if code == INTERRUPTED:
        complain("interrupted")
    return code if isinstance(code, int) else GOOD


def _complained(error: Exception) -> int:
    if isinstance(error, FrontDoorError):
        complain(one_line(str(error)))
        return error.exit_code
    if is_usage_error(error):
        complain(one_line(usage_line(error)))
        return error.exit_code
    complain(internal_line(error))
    return INTERNAL


@contextmanager
def _stopped_by_sigterm() -> Generator[None]:
    """A pipeline that stops a job sends SIGTERM; it ends like Ctrl-C, so that what is finished is kept."""

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    if current_thread() is not main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
