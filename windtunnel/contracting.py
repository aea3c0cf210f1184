"""`pacts`, `verify`, `states` and `conform`: from the command line to an answer and one exit code."""

import os
import re
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Literal

import msgspec
from msgspec import Struct

# The verifier of pacts reports each use to its makers unless this is set before its first call.
os.environ.setdefault("PACT_DO_NOT_TRACK", "true")
# Hypothesis keeps what it learns in the working directory, which is not ours.
os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(Path(tempfile.gettempdir()) / "windtunnel-hypothesis"))

from contracts import pact_files
from contracts.conformance import Conformance, Search, unchecked, walk_again
from contracts.conformance import conform as searched
from contracts.deployment import Deployment, DeploymentError, load_deployment
from contracts.driver import DeploymentRefused, DeploymentUnreachable, Driver
from contracts.oracle import Oracle
from contracts.pact_building import BuildError
from contracts.pact_reading import Interaction, PactError, read_pacts
from contracts.running import running
from contracts.state_server import StateServer, serving
from contracts.verification import Verification
from contracts.verification import verify as verified
from contracts.verification_report import as_json, as_junit
from contracts.walk_file import WalkFile, WalkFileError, read_walk, spoken, write_walk
from fixtures.jurisdictions import florida_law
from windtunnel.errors import BadInput, NothingChecked, Unreachable, Wrong

Form = Literal["words", "json"]


class Asked(Struct, frozen=True, kw_only=True):
    """What `conform` was asked for on the command line."""

    deployment: str
    examples: int
    steps: int
    seed: int
    seconds: float | None
    replay: Path | None
    out: Path | None
    form: Form


def build(out: Path | None) -> None:
    """Raises Wrong when a consumer and the model do not fit together."""
    with _one_line():
        for path in pact_files.build(out or pact_files.PACTS):
            print(path)


def check(folder: Path | None) -> None:
    """Raises Wrong when pacts are missing, stale, unknown or uncovered."""
    with _one_line():
        found = pact_files.check(folder or pact_files.PACTS)
    for line in found:
        print(line)
    if found:
        raise Wrong(f"{len(found)} found in the pacts, first: {found[0]}")


def verify(name: str, *, sources: Sequence[Path], only: str | None, junit: Path | None, form: Form) -> None:
    """Raises BadInput before anything is sent, Unreachable, Wrong, and NothingChecked when there was nothing."""
    with _one_line():
        deployment = load_deployment(name)
        deployment.token()
        interactions = _chosen(read_pacts(sources or (pact_files.PACTS,)), only)
        verification = Verification(deployment.name, (), ())
        if interactions:
            with running(deployment) as base_url:
                verification = verified(deployment, base_url, interactions)
        if junit is not None:
            junit.parent.mkdir(parents=True, exist_ok=True)
            junit.write_bytes(as_junit(verification))
    if form == "json":
        print(as_json(verification).decode())
    else:
        _speak_verification(verification)
    if verification.result == "nothing checked":
        raise NothingChecked(_why_nothing(verification))
    if verification.result == "failed":
        raise Wrong(_first_failure(verification))


def _chosen(interactions: Sequence[Interaction], only: str | None) -> tuple[Interaction, ...]:
    if only is None:
        return tuple(interactions)
    try:
        pattern = re.compile(only)
    except re.error as error:
        raise BadInput(f"--only {only!r} is no regular expression: {error}") from None
    return tuple(one for one in interactions if pattern.search(one.description))


def _speak_verification(verification: Verification) -> None:
    for outcome in verification.outcomes:
        if outcome.result == "failed":
            print(f"FAILED  {outcome.name}")
            for reason in outcome.reasons:
                print(f"    {reason}")
        elif outcome.result == "skipped":
            print(f"SKIPPED {outcome.name}: {outcome.lacks}")
    for fault in verification.faults:
        print(f"FAULT   {fault}")
    seconds = sum(outcome.seconds for outcome in verification.outcomes)
    of = f"{verification.count('verified')} of {len(verification.outcomes)} interactions verified"
    print(f"{verification.deployment}: {of} in {seconds:.1f} s")


def _why_nothing(verification: Verification) -> str:
    if verification.outcomes:
        return f"every interaction was skipped: {verification.outcomes[0].lacks}"
    return "no interaction to verify: the pacts are empty, or --only matches none"


def _first_failure(verification: Verification) -> str:
    failed = [outcome for outcome in verification.outcomes if outcome.reasons]
    if failed:
        return f"{len(failed)} interactions failed, first {failed[0].name}: {failed[0].reasons[0]}"
    return verification.faults[0]


def states(name: str, *, port: int, sources: Sequence[Path]) -> None:
    """Serves until it is interrupted. Raises BadInput and Unreachable."""
    with _one_line():
        deployment = load_deployment(name)
        interactions = read_pacts(sources or (pact_files.PACTS,))
        event_types = {one.description: one.event_type for one in interactions if one.kind == "message"}
        with running(deployment) as base_url, serving(StateServer(deployment, base_url, event_types), port) as url:
            print(
                f"states of {deployment.name} ({base_url}): POST {url}/states, messages: POST {url}/messages",
                flush=True,
            )
            Event().wait()


# --- conform


def conform(asked: Asked) -> None:
    """Raises BadInput before anything is sent, Unreachable, Wrong, and NothingChecked when nothing was judged."""
    with _one_line():
        deployment = load_deployment(asked.deployment)
        deployment.token()
        oracle = Oracle(
            florida_law(),
            deployment.carrier_profile(),
            time="stands" if deployment.capabilities.clock else "passes",
        )
        written = read_walk(asked.replay) if asked.replay is not None else None
        with running(deployment) as base_url, Driver(deployment, base_url) as driver:
            if written is not None:
                found = walk_again(driver, oracle, written.steps)
            else:
                found = searched(driver, oracle, Search(asked.examples, asked.steps, asked.seed, asked.seconds))
        path = _written(asked, deployment, found)
    if asked.form == "json":
        print(_conformance_json(asked, deployment, found, path))
    else:
        _speak_conformance(deployment, found, path)
    if found.result == "nothing checked":
        raise NothingChecked(f"{deployment.name}: not one answer was judged")
    if found.failure is not None:
        last = found.failure.steps[-1].operation
        raise Wrong(f"{deployment.name} departs from the model at {last}, step {len(found.failure.steps)}")


def _written(asked: Asked, deployment: Deployment, found: Conformance) -> Path | None:
    """The failing walk, written down so that it can be walked again."""
    if found.failure is None or asked.replay is not None:
        return None
    path = asked.out or Path("runs") / f"conform-{deployment.name}-{asked.seed}.json"
    carrier = deployment.carrier.name or deployment.carrier.path
    write_walk(path, WalkFile(deployment.name, carrier, asked.seed, found.failure.steps, found.failure.differences))
    return path


def _speak_conformance(deployment: Deployment, found: Conformance, path: Path | None) -> None:
    if found.failure is not None:
        for line in spoken(found.failure.steps, found.failure.differences):
            print(line)
        if path is not None:
            print(f"the walk is in {path}; windtunnel conform {deployment.name} --replay {path} walks it again")
    tally = found.tally
    print(
        f"{deployment.name}: {found.result}; {tally.walks} walks, {tally.calls} calls, {found.checked} answers judged"
    )
    print("    " + ", ".join(f"{name} {count}" for name, count in tally.judged.most_common()))
    for line in unchecked(deployment, tally):
        print(f"    not checked: {line}")


def _conformance_json(asked: Asked, deployment: Deployment, found: Conformance, path: Path | None) -> str:
    failure = found.failure
    document = {
        "deployment": deployment.name,
        "seed": asked.seed,
        "result": found.result,
        "walks": found.tally.walks,
        "calls": found.tally.calls,
        "judged": dict(sorted(found.tally.judged.items())),
        "not_checked": unchecked(deployment, found.tally),
        "failure": None
        if failure is None
        else {
            "steps": failure.steps,
            "differences": failure.differences,
            "told": spoken(failure.steps, failure.differences),
            "walk": None if path is None else str(path),
        },
    }
    return msgspec.json.encode(document).decode()


@contextmanager
def _one_line() -> Generator[None]:
    """Every error that a user can cause, as the front door's own."""
    try:
        yield
    except (DeploymentError, PactError, WalkFileError) as error:
        raise BadInput(str(error)) from error
    except (DeploymentUnreachable, DeploymentRefused) as error:
        raise Unreachable(str(error)) from error
    except BuildError as error:
        raise Wrong(str(error)) from error
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise BadInput(f"{where}{error.strerror or error}") from error
