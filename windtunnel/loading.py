"""`load` and `audit`: from the command line to a load folder and one exit code."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import msgspec
import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from contracts.deployment import Deployment, DeploymentError, load_deployment
from contracts.driver import DeploymentRefused, DeploymentUnreachable, Driver
from contracts.running import running
from loadtests.audit import Audit, audit
from loadtests.book import BookFailed
from loadtests.generator import LoadNotAllowed, NoLoadMade, guard, make_load
from loadtests.load_profiles import Profile, ProfileError, faults_of, load_profile
from loadtests.record import RecordError, read_record
from loadtests.verdict import Verdict, judged, measure
from model.money import MoneyError
from windtunnel.console import Shown, progress
from windtunnel.errors import (
    BadInput,
    FrontDoorError,
    LevelMissed,
    NoLoad,
    NothingChecked,
    Saturated,
    Unreachable,
    Wrong,
)
from windtunnel.pages.frame import render
from windtunnel.pages.load_report import page_of_load
from windtunnel.spoken_load import speak_audit, speak_load

Form = Literal["words", "json"]

ERRORS: dict[int, type[FrontDoorError]] = {
    1: Wrong, 3: LevelMissed, 4: NothingChecked, 5: NoLoad, 6: Saturated, 7: Unreachable,
}  # fmt: skip


class Asked(Struct, frozen=True, kw_only=True):
    """What `load` was asked for on the command line."""

    deployment: str
    profile: str
    rate: float | None
    seconds: float | None
    seed: int | None
    remote: str
    out: Path | None
    form: Form
    shown: Shown


def load(asked: Asked) -> None:
    """Raises BadInput before anything is sent, and the error of the verdict's exit code after."""
    with _one_line():
        deployment = load_deployment(asked.deployment)
        deployment.token()
        profile = _asked_profile(asked)
        guard(deployment, profile, remote=asked.remote)
        out = asked.out or Path("runs") / f"load-{profile.name}-{profile.seed}"
        out.mkdir(parents=True, exist_ok=True)
        verdict, found = _loaded(deployment, profile, out, asked.shown)
    _write(out / "verdict.json", verdict)
    if found is not None:
        _write(out / "audit.json", found)
    record = read_record(out)
    (out / "report.html").write_text(render(page_of_load(profile, record, verdict, found)), encoding="utf-8")
    if asked.form == "json":
        _print_json({"folder": str(out), "verdict": verdict, "audit": found})
    else:
        speak_load(verdict, found, out)
    if verdict.exit_code:
        raise ERRORS[verdict.exit_code](verdict.reasons[0])


def audit_of(deployment_name: str, record_path: Path, *, form: Form, shown: Shown) -> None:
    """Raises BadInput, Unreachable, Wrong for findings and NothingChecked where nothing could be judged.

    A deployment with a start command is judged where its file says that it lives: started anew it would be empty.
    """
    with _one_line():
        deployment = load_deployment(deployment_name)
        record = read_record(record_path)
        with running(replace(deployment, start=None)) as base_url:
            found = _audited(deployment, base_url, record, shown)
    folder = record_path if record_path.is_dir() else record_path.parent
    _write(folder / "audit.json", found)
    if form == "json":
        _print_json({"folder": str(folder), "audit": found})
    else:
        speak_audit(found, folder)
    if found.findings:
        first = found.findings[0]
        raise Wrong(f"{len(found.findings)} findings, first {first.code}: {first.text}")
    if found.exit_code == 4:
        raise NothingChecked(f"{record_path}: nothing in this record could be judged")


def _asked_profile(asked: Asked) -> Profile:
    """Raises ProfileError."""
    profile = load_profile(asked.profile)
    seconds = asked.seconds if asked.seconds is not None else profile.seconds
    changed = replace(
        profile,
        rate=asked.rate if asked.rate is not None else profile.rate,
        seed=asked.seed if asked.seed is not None else profile.seed,
        seconds=seconds,
        warm_up_seconds=profile.warm_up_seconds * seconds / profile.seconds,
    )
    faults = faults_of(changed)
    if faults:
        raise ProfileError(f"--rate, --seconds: {'; '.join(faults)}")
    return changed


def _loaded(deployment: Deployment, profile: Profile, out: Path, shown: Shown) -> tuple[Verdict, Audit | None]:
    with running(deployment) as base_url:
        with progress(f"load {profile.name}", shown) as advance:
            began, record = make_load(deployment, base_url, profile, out, advance=advance)
        measured = measure(profile, record)
        found, lost = None, ""
        try:
            found = _audited(deployment, base_url, record, shown)
        except (DeploymentUnreachable, DeploymentRefused) as error:
            # What was measured is worth keeping, though nobody can say where the money is.
            lost = f"the audit could not be made: {error}"
    code, reasons = judged(measured, found, lost=lost)
    verdict = Verdict(
        exit_code=code,
        reasons=reasons,
        profile=profile.name,
        deployment=deployment.name,
        began=began.isoformat(),
        seed=profile.seed,
        rate=profile.rate,
        seconds=profile.seconds,
        measured=measured,
    )
    return verdict, found


def _audited(deployment: Deployment, base_url: str, record: pl.DataFrame, shown: Shown) -> Audit:
    with Driver(deployment, base_url) as driver, progress("audit", shown) as advance:
        return audit(driver, record, advance=advance)


@contextmanager
def _one_line() -> Generator[None]:
    """Every error that a user can cause, as the front door's own."""
    try:
        yield
    except (DeploymentError, ProfileError, LoadNotAllowed, RecordError, MoneyError) as error:
        raise BadInput(str(error)) from error
    except (DeploymentUnreachable, DeploymentRefused) as error:
        raise Unreachable(str(error)) from error
    except NoLoadMade as error:
        raise NoLoad(str(error)) from error
    except BookFailed as error:
        raise Wrong(str(error)) from error
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise BadInput(f"{where}{error.strerror or error}") from error


def _write(path: Path, value: Struct) -> None:
    path.write_bytes(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")


def _print_json(value: object) -> None:
    print(msgspec.json.encode(value).decode())
