"""What can go wrong at the front door, and the exit code that says so.

    FrontDoorError
        Wrong            1   checked, and wrong: contract, behaviour, money, --fail-if
        BadInput         2   what was given cannot be used
            MissingExtra
        LevelMissed      3   a service level was missed
        NothingChecked   4   there was nothing to judge, so nothing is green
        NoLoad           5   no load was made
        Saturated        6   the load generator could not keep up, so that its latencies are its own
        Unreachable      7   a deployment does not answer, or not us
        Interrupted    130   stopped from outside; what is finished is kept

Each becomes one line on standard error that says what, where, and what to do. Anything else is our own mistake and
ends with 70; `--debug` shows the traceback of either.
"""

from collections.abc import Callable
from typing import ClassVar, Protocol, TypeGuard

GOOD = 0
INTERRUPTED = 130
INTERNAL = 70


class FrontDoorError(Exception):
    """The message is the line that is shown."""

    exit_code: ClassVar[int] = INTERNAL


class Wrong(FrontDoorError):
    """Something was checked and is wrong."""

    exit_code = 1


class BadInput(FrontDoorError):
    """An argument, a file or a folder cannot be used."""

    exit_code = 2


class MissingExtra(BadInput):
    """A command needs packages that this installation was made without."""


class NothingChecked(FrontDoorError):
    """There was nothing to judge."""

    exit_code = 4


class LevelMissed(FrontDoorError):
    """A deployment was slower, or answered less, than its service level promises."""

    exit_code = 3


class NoLoad(FrontDoorError):
    """A load test sent nothing that could be judged."""

    exit_code = 5


class Saturated(FrontDoorError):
    """The load generator was late or dropped arrivals."""

    exit_code = 6


class Unreachable(FrontDoorError):
    """A deployment does not answer, or refuses us."""

    exit_code = 7


class Interrupted(FrontDoorError):
    """Stopped from outside, and resumable."""

    exit_code = INTERRUPTED


class UsageError(Protocol):
    """What Typer raises for arguments that do not parse, under whatever name it has in this version."""

    exit_code: int
    format_message: Callable[[], str]


def is_usage_error(error: object) -> TypeGuard[UsageError]:
    return hasattr(error, "exit_code") and hasattr(error, "format_message")


def usage_line(error: UsageError) -> str:
    """Which command was meant, and where to read on."""
    command: str = getattr(getattr(error, "ctx", None), "command_path", "windtunnel")
    where = "".join(f"{word}: " for word in command.split()[1:])
    return f"{where}{error.format_message().rstrip('.')}; `{command} --help` says what it takes"


def one_line(text: str) -> str:
    """Without the line breaks that libraries put into their messages."""
    return " ".join(text.split())


def internal_line(error: Exception) -> str:
    """An error that nobody foresaw, with the notes that say where it was."""
    notes = "; ".join(getattr(error, "__notes__", ()))
    where = f" {notes}" if notes else ""
    says = f"{type(error).__name__}: {error}"
    return one_line(f"this should not happen: {says[:300]}{where[:200]}; the same with --debug shows where")
