"""Pacts verified against a deployment, with a guard that lets nothing pass that was not verified.

Pact's verifier says "verified" when it had nothing to verify, when a state that it needed was made by nobody, and
when a message that it expected demands nothing. So the guard counts for itself: every interaction of the files must
come back verified, every state must have been made and have returned what the interaction needs, every message must
have been fetched and hold something.
"""

import os
import tempfile
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from pact import Verifier

from contracts.deployment import Deployment
from contracts.driver import Driver
from contracts.pact_reading import Interaction, is_empty_message
from contracts.state_server import LOOPBACK, Asked, StateServer, serving
from contracts.states import StateFailed, steps_to

REQUEST_MILLISECONDS = 30_000
NOBODY = "nobody-by-this-id"

os.environ.setdefault("PACT_DO_NOT_TRACK", "true")
# The verifier asks the endpoints for states on this machine, which no proxy leads to.
os.environ["NO_PROXY"] = ",".join(filter(None, (os.environ.get("NO_PROXY"), "127.0.0.1", "localhost")))


class Outcome(Struct, frozen=True):
    """One interaction. `reasons` say what is wrong, a line each; `lacks` what the deployment file says that it cannot
    do and would have to. Both are empty when it was verified.
    """

    consumer: str
    description: str
    states: tuple[str, ...]
    kind: Literal["http", "message"]
    seconds: float
    reasons: tuple[str, ...]
    lacks: str = ""

    @property
    def result(self) -> Literal["verified", "failed", "skipped"]:
        if self.reasons:
            return "failed"
        return "skipped" if self.lacks else "verified"

    @property
    def name(self) -> str:
        given = " and ".join(self.states)
        return f"{self.consumer}: {self.description}" + (f", given {given}" if given else "")


class Verification(Struct, frozen=True):
    """`faults` are what the guard found that belongs to no single interaction."""

    deployment: str
    outcomes: tuple[Outcome, ...]
    faults: tuple[str, ...]

    @property
    def result(self) -> Literal["verified", "failed", "nothing checked"]:
        if self.faults or self.count("failed"):
            return "failed"
        return "verified" if self.count("verified") else "nothing checked"

    def count(self, result: Literal["verified", "failed", "skipped"]) -> int:
        return sum(outcome.result == result for outcome in self.outcomes)


class Result(Struct, frozen=True):
    """What Pact's verifier says of one interaction."""

    consumer: str
    description: str
    states: tuple[str, ...]
    seconds: float
    reasons: tuple[str, ...]


def verify(deployment: Deployment, base_url: str, interactions: Sequence[Interaction]) -> Verification:
    """Verifies interactions against a deployment that runs at `base_url`, one after the other.

    Raises DeploymentUnreachable and DeploymentRefused, also when that happens on the way.
    """
    _knock(deployment, base_url)
    lacking = {one.name for one in interactions if one.kind == "message" and deployment.broker is None}
    skipped = tuple(_skipped(one) for one in interactions if one.name in lacking)
    interactions = [one for one in interactions if one.name not in lacking]
    hopeless = {one.name: reason for one in interactions if (reason := _hopeless(deployment, one))}
    hopeful = [one for one in interactions if one.name not in hopeless]
    event_types = {one.description: one.event_type for one in hopeful if one.kind == "message"}
    server = StateServer(deployment, base_url, event_types)
    results: list[Result] = []
    with serving(server) as states_url:
        for kind, provider in dict.fromkeys((one.kind, one.provider) for one in hopeful):
            chosen = [one for one in hopeful if (one.kind, one.provider) == (kind, provider)]
            results += _verified(deployment, base_url, states_url, chosen)
    if server.lost is not None:
        raise server.lost
    found = guarded(deployment.name, interactions, results, server.asked, hopeless)
    if found.result == "failed":
        _knock(deployment, base_url)
    return replace(found, outcomes=(*found.outcomes, *skipped))


def _knock(deployment: Deployment, base_url: str) -> None:
    """One read that can do no harm: who is dead or refuses us is not judged by two dozen failures."""
    with Driver(deployment, base_url) as driver:
        driver.perform("read_policy", NOBODY)


def _skipped(one: Interaction) -> Outcome:
    lacks = "the deployment file has no [broker] to read events from"
    return Outcome(one.consumer, one.description, one.states, one.kind, 0.0, (), lacks)


def guarded(
    deployment: str,
    interactions: Sequence[Interaction],
    results: Sequence[Result],
    asked: Asked,
    hopeless: Mapping[str, str],
) -> Verification:
    """Holds what came back against what was to be verified."""
    by_name: dict[tuple[str, str, tuple[str, ...]], list[Result]] = {}
    for result in results:
        by_name.setdefault((result.consumer, result.description, result.states), []).append(result)
    outcomes = tuple(
        _outcome(one, by_name.pop((one.consumer, one.description, one.states), []), asked, hopeless.get(one.name))
        for one in interactions
    )
    strangers = [f"verified, and nobody asked for it: {consumer}: {what}" for consumer, what, _ in by_name]
    expected = Counter(state for one in interactions if one.name not in hopeless for state in one.states)
    unmade = [
        f"state {state!r} was made {asked.states.count(state)} times, and {count} interactions are given it"
        for state, count in expected.items()
        if asked.states.count(state) < count
    ]
    return Verification(deployment, outcomes, (*strangers, *unmade, *asked.failures))


def _outcome(one: Interaction, results: Sequence[Result], asked: Asked, hopeless: str | None) -> Outcome:
    reasons: list[str] = [hopeless] if hopeless else []
    if not results and not hopeless:
        reasons.append("was never verified: the verifier gave no result for it")
    for result in results:
        reasons += result.reasons
    if len(results) > 1:
        reasons.append(f"was verified {len(results)} times: two interactions of one name hide each other")
    returned = {name for state in one.states for name in asked.returned.get(state, ())}
    for name in one.needs:
        if results and name not in returned:
            reasons.append(f"needs ${{{name}}}, and the state {' and '.join(one.states)} did not return it")
    if one.kind == "message" and results and one.description not in asked.messages:
        reasons.append("its event was never fetched from the deployment")
    seconds = sum(result.seconds for result in results)
    return Outcome(one.consumer, one.description, one.states, one.kind, seconds, tuple(reasons))


def _hopeless(deployment: Deployment, one: Interaction) -> str | None:
    """Why an interaction cannot be verified at all, if it cannot: it would pass unseen, or fail without a reason."""
    if is_empty_message(one):
        return "demands nothing of its contents, so that any event or none would pass"
    if one.kind == "message" and not one.event_type:
        return "does not say by ce_type which event it is"
    if one.document.get("pending"):
        return "is pending, which Pact passes whatever comes; take the mark off to have it verified"
    for state in one.states:
        try:
            steps_to(deployment, state)
        except StateFailed as error:
            return str(error)
    if one.needs and not one.states:
        return f"needs ${{{one.needs[0]}}} and is given no state that could return it"
    return None


# --- Pact's verifier


def _verified(
    deployment: Deployment, base_url: str, states_url: str, interactions: Sequence[Interaction]
) -> Iterator[Result]:
    """What Pact's verifier says of interactions of one kind and provider. It gets a folder with these and nothing
    else, because a filter that matches nothing passes.
    """
    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder), interactions)
        verifier = _verifier(deployment, base_url, states_url, interactions[0]).add_source(folder)
        # The error says only that something is wrong; the results say what.
        with _unheard(), suppress(RuntimeError):
            verifier.verify()
        results = verifier.results
    yield from (_result(raw) for raw in cast("list[dict[str, Any]]", results.get("interactionResults", ())))


def _verifier(deployment: Deployment, base_url: str, states_url: str, first: Interaction) -> Verifier:
    host = LOOPBACK if first.kind == "message" else urlsplit(base_url).hostname or LOOPBACK
    verifier = Verifier(first.provider, host=host)
    if first.kind == "message":
        verifier.add_transport(protocol="message", port=urlsplit(states_url).port, path="/messages")
    else:
        verifier.add_transport(url=base_url)
        token = deployment.token()
        if token:
            verifier.add_custom_header("Authorization", f"Bearer {token}")
    verifier.state_handler(f"{states_url}/states", teardown=False, body=True)
    verifier.set_request_timeout(REQUEST_MILLISECONDS).set_coloured_output(enabled=False)
    return verifier.set_error_on_empty_pact()


def _write(folder: Path, interactions: Sequence[Interaction]) -> None:
    by_consumer: dict[str, list[Interaction]] = {}
    for one in interactions:
        by_consumer.setdefault(one.consumer, []).append(one)
    for number, (consumer, chosen) in enumerate(by_consumer.items()):
        document = {
            "consumer": {"name": consumer},
            "provider": {"name": chosen[0].provider},
            "interactions": [one.document for one in chosen],
            "metadata": {"pactSpecification": {"version": "4.0"}},
        }
        (folder / f"{number:03d}.json").write_bytes(msgspec.json.encode(document))


def _result(raw: Mapping[str, Any]) -> Result:
    states = tuple(state if isinstance(state, str) else str(state["name"]) for state in raw.get("providerStates", ()))
    reasons = () if raw.get("result") == "OK" and not raw.get("pending") else tuple(_reasons(raw.get("mismatch") or {}))
    return Result(
        str(raw["consumer"]), str(raw["description"]), states, _seconds(str(raw.get("duration", ""))), reasons
    )


def _reasons(mismatch: Mapping[str, Any]) -> Iterable[str]:
    found = cast("list[Mapping[str, Any]]", mismatch.get("mismatches") or [])
    for one in found:
        place = one.get("path") or one.get("key") or ""
        yield f"{one.get('type', 'mismatch')} {place}: {one.get('mismatch', '')}".replace(" :", ":")
    if not found:
        yield str(mismatch.get("message") or "the verifier gives no reason")


def _seconds(duration: str) -> float:
    """`34ms` or `1s` as seconds."""
    for unit, scale in (("ms", 0.001), ("s", 1.0)):
        number = duration.removesuffix(unit)
        if number != duration and number.replace(".", "", 1).isdigit():
            return float(number) * scale
    return 0.0


@contextmanager
def _unheard() -> Generator[None]:
    """Keeps the verifier's own report off standard output, which it writes to past Python: ours says more."""
    kept = os.dup(1)
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
