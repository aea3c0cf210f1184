"""What a result was made with: versions and commit, so that it can be made again or its difference explained."""

import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from msgspec import Struct

PACKAGES = ("windtunnel", "simpy", "numpy", "polars", "scipy", "msgspec")
ROOT = Path(__file__).resolve().parent.parent


class Provenance(Struct, frozen=True):
    """`commit` is null outside a git checkout of windtunnel; `changed` says that files there differ from it."""

    versions: dict[str, str]
    commit: str | None
    changed: bool | None


def provenance() -> Provenance:
    """Of this process, now."""
    versions = {"python": platform.python_version(), **{name: _version(name) for name in PACKAGES}}
    commit = None
    # An installed package may lie inside somebody else's repository, whose commit says nothing about it.
    if _git("rev-parse", "--show-toplevel") == str(ROOT):
        commit = _git("rev-parse", "HEAD") or None
    state = ("--no-optional-locks", "status", "--porcelain", "--untracked-files=no")
    changed = None if commit is None else bool(_git(*state))
    return Provenance(versions, commit, changed)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _git(*arguments: str) -> str:
    """What git says, or nothing where there is no git or no repository."""
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
