"""The portal in which an agent offers a home a policy, has it bound and issued, and looks up whether a loss is covered.

It draws a page from each answer: what is not on the page is not in the structs here.
"""

from datetime import UTC, date, datetime
from typing import Literal, TypeVar

import httpx
import msgspec
from msgspec import Struct

from model.wire import Amount

A = TypeVar("A", bound=Struct)


class Offer(Struct, frozen=True):
    policy_id: str
    account_id: str
    status: Literal["quoted"]
    quote_expires: date


class Standing(Struct, frozen=True):
    policy_id: str
    status: Literal["quoted", "bound", "in_force", "cancelled", "expired"]


class ChargeLine(Struct, frozen=True):
    pattern: str
    amount: Amount


class VersionLine(Struct, frozen=True):
    effective: date
    recorded: datetime
    status: Literal["in_force", "cancelled", "expired"]


class PolicyPage(Struct, frozen=True):
    """`returned` has the money that comes back after a cancellation, as negative amounts."""

    policy_id: str
    status: Literal["in_force", "cancelled", "expired"]
    start: date
    end: date
    written: tuple[ChargeLine, ...]
    versions: tuple[VersionLine, ...]
    cancelled_on: date | None = None
    returned: tuple[ChargeLine, ...] = ()


class VersionPage(Struct, frozen=True):
    """The policy as it was on a day, as far as was known at an instant."""

    policy_id: str
    as_of: VersionLine


class CoverPage(Struct, frozen=True):
    covered: Literal["yes", "no"]
    reason: Literal["not_in_force", "cancelled_before_loss", "coverage_absent"] | None = None
    limit: Amount | None = None
    deductible: Amount | None = None
    hurricane_deductible: Amount | None = None


class Refused(Struct, frozen=True):
    """A "no" that the agent is told about, by its code."""

    code: Literal[
        "quote_expired",
        "wrong_state",
        "unknown_policy",
        "unknown_payment_plan",
        "unknown_charge_pattern",
        "wrong_currency",
        "negative_charge",
        "bad_amount",
        "no_payer",
    ]


class AgentPortal:
    """The portal's client of a core. Raises httpx.HTTPError or msgspec.ValidationError for an answer it cannot show."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def quote(self, application: dict[str, object]) -> Offer | Refused:
        return self._shown(self._post("/policies", application), Offer)

    def bind(self, policy_id: str, on: date) -> Standing | Refused:
        return self._shown(self._post(f"/policies/{policy_id}/bind", {"on": on}), Standing)

    def issue(self, policy_id: str, on: date) -> Standing | Refused:
        return self._shown(self._post(f"/policies/{policy_id}/issue", {"on": on}), Standing)

    def standing(self, policy_id: str) -> Standing | Refused:
        return self._shown(self._client.get(f"/policies/{policy_id}"), Standing)

    def policy(self, policy_id: str) -> PolicyPage | Refused:
        return self._shown(self._client.get(f"/policies/{policy_id}"), PolicyPage)

    def policy_as_of(self, policy_id: str, *, effective: date, known_at: datetime) -> VersionPage | Refused:
        question = {"effective": effective.isoformat(), "known_at": _instant(known_at)}
        return self._shown(self._client.get(f"/policies/{policy_id}", params=question), VersionPage)

    def cover(self, policy_id: str, coverage: str, at: datetime) -> CoverPage | Refused:
        question = {"at": _instant(at), "coverage": coverage}
        return self._shown(self._client.get(f"/policies/{policy_id}/coverage", params=question), CoverPage)

    def _post(self, path: str, body: dict[str, object]) -> httpx.Response:
        return self._client.post(path, content=msgspec.json.encode(body), headers={"Content-Type": "application/json"})

    def _shown(self, response: httpx.Response, page: type[A]) -> A | Refused:
        if response.status_code in (404, 409, 422):
            return msgspec.json.decode(response.content, type=Refused)
        response.raise_for_status()
        return msgspec.json.decode(response.content, type=page)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
