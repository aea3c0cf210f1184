"""The record of a load: one row per request, written as it happens and kept as a frame.

The generator writes NDJSON, because a process that is killed loses at most a line; `kept` turns it into
`requests.parquet`. Instants are seconds after the first arrival could come; what was done to prepare the book lies
before 0. Any tool may write such a record: an audit needs operation, status, the ids and `amount`, nothing else.
"""

from pathlib import Path

import polars as pl
from msgspec import Struct, json

from contracts.spelling import Reply
from loadtests.asking import Advanced, Ask, Verdict
from model.published.account_views import AccountView
from model.published.claim_views import ClaimView
from model.published.intent_views import IntentView
from model.published.operations import BY_NAME
from model.published.policy_views import PolicyView
from model.published.requests import PayClaimRequest, ReceivePaymentRequest


class RecordError(ValueError):
    """A record that cannot be read. The message names the file."""


class Touched(Struct, frozen=True, gc=False):
    """The ids that a request named or was answered with, and the money that it was to move, as on the wire."""

    policy: str | None = None
    account: str | None = None
    claim: str | None = None
    payment: str | None = None
    amount: str | None = None
    currency: str | None = None


class Moment(Struct, frozen=True, gc=False):
    """When a request was meant to be sent, was sent, and was answered: seconds after the load began."""

    intended: float
    sent: float
    done: float


class Row(Struct, frozen=True, kw_only=True, gc=False):
    """One request. `step` counts within its journey from 0; `sent` and `done` are None where it was never sent.

    `wait` is how long its instant was after the reply before it: None for the first of a journey, whose instant the
    arrival curve set.
    """

    intended: float
    sent: float | None
    done: float | None
    journey: str
    arrival: int
    step: int
    wait: float | None
    operation: str
    status: int
    verdict: Verdict
    says: str
    dropped: bool
    key: str | None
    policy: str | None
    account: str | None
    claim: str | None
    payment: str | None
    amount: str | None
    currency: str | None


SCHEMA: dict[str, pl.DataType] = {
    **dict.fromkeys(("intended", "sent", "done", "wait"), pl.Float64()),
    **dict.fromkeys(("journey", "operation", "verdict", "says"), pl.String()),
    **dict.fromkeys(("arrival", "step", "status"), pl.Int64()),
    "dropped": pl.Boolean(),
    **dict.fromkeys(("key", *Touched.__struct_fields__), pl.String()),
}
NEEDED = ("operation", "status")

ENCODER = json.Encoder()


def row(ask: Ask, reply: Reply, advanced: Advanced, moment: Moment, *, journey: str, arrival: int, step: int) -> Row:
    found = touched(ask, reply)
    return Row(
        intended=moment.intended, sent=moment.sent, done=moment.done, journey=journey, arrival=arrival, step=step,
        wait=ask.after if step else None, operation=ask.operation, status=reply.status, verdict=advanced.verdict,
        says=advanced.says, dropped=False, key=ask.key, policy=found.policy, account=found.account, claim=found.claim,
        payment=found.payment, amount=found.amount, currency=found.currency,
    )  # fmt: skip


def dropped_row(*, intended: float, journey: str, arrival: int) -> Row:
    """An arrival that found as many journeys under way as are allowed."""
    return Row(
        intended=intended, sent=None, done=None, journey=journey, arrival=arrival, step=0, wait=None, operation="",
        status=0, verdict="dropped", says="", dropped=True, key=None, policy=None, account=None, claim=None,
        payment=None, amount=None, currency=None,
    )  # fmt: skip


def line(written: Row) -> bytes:
    return ENCODER.encode(written) + b"\n"


def touched(ask: Ask, reply: Reply) -> Touched:
    """What the request was about: the id in its path, and the ids in its answer."""
    ids: dict[str, str] = {}
    subject = BY_NAME[ask.operation].subject
    if subject is not None:
        ids[_kind(subject)] = ask.subject
    match reply.view:
        case PolicyView(policy_id=policy, account_id=account):
            ids |= {"policy": policy, "account": account}
        case AccountView(account_id=account):
            ids["account"] = account
        case ClaimView(claim_id=claim, policy_id=policy):
            ids |= {"claim": claim, "policy": policy}
        case IntentView(intent_id=payment):
            ids["payment"] = payment
        case _:
            pass
    match ask.request:
        case ReceivePaymentRequest(amount=amount) | PayClaimRequest(amount=amount):
            return Touched(**ids, amount=amount.amount, currency=amount.currency)
        case _:
            return Touched(**ids)


def _kind(subject: str) -> str:
    kind = subject.removesuffix("_id")
    return "payment" if kind == "intent" else kind


def read_record(path: Path) -> pl.DataFrame:
    """A load folder, or the NDJSON or Parquet file of any tool; columns that it lacks are null. Raises RecordError."""
    if path.is_dir():
        path = path / "requests.parquet"
    try:
        if path.suffix == ".parquet":
            found = pl.read_parquet(path)
        else:
            found = pl.read_ndjson(path, infer_schema_length=None)
    except OSError as error:
        raise RecordError(f"{path}: {error.strerror or error}; give a load folder or its record") from None
    except pl.exceptions.PolarsError as error:
        said = str(error).splitlines()
        raise RecordError(f"{path}: not a record of requests: {said[0] if said else error}") from None
    missing = [name for name in NEEDED if name not in found.columns]
    if missing:
        raise RecordError(f"{path}: no column {missing[0]!r}; a record needs {', '.join(NEEDED)}")
    try:
        return found.select(
            (pl.col(name) if name in found.columns else pl.lit(None)).cast(kind).alias(name)
            for name, kind in SCHEMA.items()
        )
    except pl.exceptions.PolarsError as error:
        raise RecordError(f"{path}: {str(error).splitlines()[0]}") from None


def kept(lines: Path, folder: Path) -> pl.DataFrame:
    """Writes requests.parquet in the folder from the lines of the generator, in the order of their instants."""
    if lines.exists() and lines.stat().st_size:
        # A generator that was ended in the middle of a line leaves half of one.
        whole = [each for each in lines.read_bytes().split(b"\n")[:-1] if each]
        frame = pl.read_ndjson(b"\n".join(whole), schema=SCHEMA) if whole else pl.DataFrame(schema=SCHEMA)
    else:
        frame = pl.DataFrame(schema=SCHEMA)
    frame = frame.sort("intended", "arrival", "step", maintain_order=True)
    frame.write_parquet(folder / "requests.parquet")
    return frame
