"""`ops`: from the command line to what is done about a store, and one exit code."""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Literal

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from contracts.reference import care
from contracts.reference.relay import CONTEXTS
from contracts.reference.store import StoreUnusable
from fixtures.carrier_profiles import CarrierProfileError, load_carrier
from model.core import Context
from windtunnel.errors import BadInput, Unreachable, Wrong

Form = Literal["words", "json"]


def dead_letters(database: Path, *, carrier: str, form: Form) -> None:
    with _caring(database, carrier) as cared:
        found = cared.waits()
    if form == "json":
        _print_json(found)
        return
    for key in found.parked:
        print(_parked(key))
    for one in found.refused:
        print(f"{one.context} said no to {one.event}: {one.text} ({one.code})")
    if found.undelivered:
        print(f"{_events(found.undelivered)} not delivered yet")
    if found == care.Waits((), (), 0):
        print("nothing waits: all that was published has arrived")
    elif found.parked or found.undelivered:
        print(f"\n`windtunnel ops redeliver {database}` hands them on, once the cause is mended.")


def redeliver(database: Path, *, context: str | None, subject: str | None, carrier: str, form: Form) -> None:
    """Raises Wrong when something still waits, and BadInput when a key was named for which nothing does."""
    chosen = _chosen(context, subject)
    with _caring(database, carrier) as cared:
        if chosen is not None and chosen not in {(key.context, key.subject) for key in cared.waits().parked}:
            advice = f"`windtunnel ops dead-letters {database}` lists what does"
            raise BadInput(f"nothing of {chosen[1]} waits for {chosen[0]}; {advice}")
        done = cared.redeliver(chosen)
    if form == "json":
        _print_json(done)
    elif done.delivered or done.taken:
        print(f"handed on: {_events(done.taken)} of parked keys, {_events(done.delivered)} not tried before")
    elif not done.parked:
        print("nothing waited: all that was published has arrived")
    for key in done.parked:
        more = f", and {len(done.parked) - 1} more of such keys" if len(done.parked) > 1 else ""
        raise Wrong(f"{_parked(key)}{more}; mend the cause and redeliver again")


def stuck(database: Path, *, carrier: str, form: Form) -> None:
    with _caring(database, carrier) as cared:
        found = cared.stuck()
    if form == "json":
        _print_json(found)
        return
    for one in found:
        print(f"{one.since:%Y-%m-%d %H:%M} UTC  {one.says}")
    if not found:
        print("nothing is stuck: whatever is under way waits for an answer that is not due yet")


def return_rates(database: Path, *, as_of: date | None, carrier: str, form: Form) -> None:
    """Raises Wrong when a rate is above what the network tolerates."""
    with _caring(database, carrier) as cared:
        found = cared.return_rates(as_of)
    if form == "json":
        _print_json(found)
    else:
        rates = f"{found.unauthorized:.2f} % unauthorized, {found.administrative:.2f} % administrative"
        print(f"{found.entries} debits: {rates}, {found.overall:.2f} % in all")
    if found.above:
        raise Wrong(f"above the ACH network's level: {', '.join(found.above)}")


def issue_file(database: Path, *, carrier: str) -> None:
    with _caring(database, carrier) as cared:
        print(cared.issue_file(), end="")


def enable_endpoint(database: Path, endpoint: str, *, carrier: str) -> None:
    """Raises BadInput for an endpoint that nothing was ever sent to."""
    with _caring(database, carrier) as cared:
        done = cared.enable(endpoint)
    if done == "unknown":
        raise BadInput(f"no endpoint {endpoint!r} in {database}; its id is the one that the settings give it")
    print(f"{endpoint} {'gets webhooks again' if done == 'enabled' else 'is enabled already'}")


@contextmanager
def _caring(database: Path, carrier: str) -> Generator[care.Care]:
    # What a context fails at is in what is printed; the log of a server would say it twice.
    logging.getLogger("contracts.reference").addHandler(logging.NullHandler())
    try:
        with care.caring(database, load_carrier(carrier)) as cared:
            yield cared
    except (StoreUnusable, CarrierProfileError) as error:
        raise BadInput(str(error)) from error
    except SQLAlchemyError as error:
        raise Unreachable(f"database {database}: {error}; is it busy? then try again") from error


def _chosen(context: str | None, subject: str | None) -> tuple[Context, str] | None:
    if context is None and subject is None:
        return None
    if context is None or subject is None:
        raise BadInput("ops redeliver: a key is --context and --subject together")
    if context not in CONTEXTS:
        raise BadInput(f"ops redeliver: no context {context!r}; there are: {', '.join(CONTEXTS)}")
    return CONTEXTS[context], subject


def _parked(key: care.ParkedKey) -> str:
    first, *behind = key.events
    waits = f", {_events(len(behind))} behind it" if behind else ""
    times = {1: "once", 2: "twice"}.get(key.attempts, f"{key.attempts} times")
    tried = f"since {key.since:%Y-%m-%d %H:%M} UTC, tried {times}"
    return f"{key.context} cannot take {first} of {key.subject} {tried}{waits}: {key.text}"


def _events(number: int) -> str:
    return "1 event" if number == 1 else f"{number} events"


def _print_json(value: object) -> None:
    print(msgspec.json.encode(value).decode())
