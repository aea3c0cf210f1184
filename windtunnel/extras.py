"""The extras: what each brings, and what to say when one is missing.

A base installation holds the model and the front door. Simulations, servers, verifiers and load generators bring large
packages, and are imported only by the commands that need them.
"""

import re
from collections.abc import Generator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, requires, version

from windtunnel.errors import MissingExtra

OURS = frozenset({"windtunnel", "model", "simulations", "contracts", "loadtests", "fixtures"})
REQUIREMENT = re.compile(r"""^([A-Za-z0-9._-]+)[^;]*(?:;.*extra == ['"]([\w-]+)['"])?""")


@contextmanager
def needs(extra: str) -> Generator[None]:
    """Turns the failed import of another's package in this block into one line that names the extra. Raises
    MissingExtra."""
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package in OURS:
            raise
        line = f'pip install "windtunnel[{extra}]"'
        raise MissingExtra(f"this needs {package or 'a package'}, which is not installed: {line}") from error


def packages_by_extra() -> dict[str, dict[str, str | None]]:
    """The packages of each extra, and of "base", with the version that is installed or None. The extras that only sum
    up others are left out."""
    found: dict[str, dict[str, str | None]] = {"base": {}}
    for requirement in requires("windtunnel") or ():
        match = REQUIREMENT.match(requirement)
        if match is None or match[1] == "windtunnel" or "sys_platform" in requirement:
            continue
        if match[2] != "all":
            found.setdefault(match[2] or "base", {})[match[1]] = installed(match[1])
    return found


def installed(package: str) -> str | None:
    """The version of a package, or None."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None
