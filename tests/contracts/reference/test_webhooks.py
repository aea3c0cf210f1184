"""The processor's webhooks at the reference deployment: replayed, reordered, doubled, forged, illegible."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy import text

from contracts.openapi_document import openapi_document
from contracts.openapi_webhook import REFUSALS
from contracts.reference.auth import WEBHOOK_PATH
from contracts.reference.defects import Defects
from contracts.reference.problems import status_of_refusal
from contracts.reference.service import Service
from contracts.reference.store import IN_MEMORY, Store
from contracts.reference.webhooks import SIGNATURE_HEADER
from fixtures import histories
from fixtures.jurisdictions import florida
from model.decider import Refusal
from model.payments import dispute, webhook_in
from model.payments.commands import StartPayment
from model.payments.states import ChargedBack, Processing, Retrying, Returned, Succeeded
from model.payments.webhook_in import signature
from model.payments.webhook_news import CONTENTS, command_of

LAW, CARRIER = florida()
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SECRET = b"told to the processor and to us"
FORMER = b"told last year"
PAYMENT = "draft:A-1:1"
DISPUTE: dict[str, Any] = {
    "payment_id": PAYMENT,
    "reference": "1",
    "network": "visa",
    "reason": "13.1",
    "amount": {"amount": "100.00", "currency": "USD"},
    "paid_amount": {"amount": "100.00", "currency": "USD"},
    "paid_on": "2026-06-01",
}


@pytest.fixture
def store():
    opened = Store(IN_MEMORY)
    yield opened
    opened.close()


def said(kind: str, number: int, **more: object) -> bytes:
    """A webhook of the `number`-th minute."""
    of_payment = {"object_id": PAYMENT, "attempt": 1} if kind.startswith("payment") else {"object_id": "D-1"}
    written = {"event_id": f"evt_{number}", "type": kind, "updated": (NOW + timedelta(minutes=number)).isoformat()}
    return msgspec.json.encode(written | of_payment | more)


class Deployment:
    """A deployment that has asked its processor for a payment of 100 dollars by card."""

    def __init__(self, store: Store, *secrets: bytes) -> None:
        self.now = NOW
        self.store = store
        self.service = Service(store, LAW, CARRIER, Defects(), lambda: self.now, webhook_secrets=secrets)
        start = StartPayment(
            intent_id=PAYMENT,
            purpose="collection",
            subject="A-1",
            reference="1",
            party_id="I-1",
            amount=histories.usd("100.00"),
            method="card",
            on=NOW.date(),
            at=NOW,
        )
        with store.writing() as transaction:
            unit = self.service.unit_of_work(transaction)
            unit.core.submit(start)
            unit.write()
        self.now = NOW + timedelta(hours=1)

    def hear(self, raw: bytes, signed: str | None = None) -> tuple[int, str]:
        answer = self.service.hear_webhook(raw, signature(raw, SECRET) if signed is None else signed)
        body = msgspec.json.decode(answer.body)
        return answer.status, body["outcome" if answer.status == 200 else "code"]

    def payment(self) -> Any:
        with self.store.reading() as transaction:
            return self.service.unit_of_work(transaction).core.intent(PAYMENT)

    def dispute(self) -> Any:
        with self.store.reading() as transaction:
            return self.service.unit_of_work(transaction).core.disputes.states["D-1"]

    def cases(self) -> list[str]:
        with self.store.reading() as transaction:
            return [one.matter.code for one in _cases(self.service.unit_of_work(transaction).core)]

    def recorded(self) -> int:
        with self.store.reading() as transaction:
            kept = [transaction.stream("webhook_in", one) for one in transaction.streams("webhook_in")]
        return sum(one.sequence for one in kept if one is not None)


def _cases(core) -> list[Any]:
    return [state for state in core.worklist.states.values() if hasattr(state, "matter")]


@pytest.fixture
def deployment(store) -> Deployment:
    return Deployment(store, SECRET, FORMER)


def test_a_success_is_acted_on_published_and_recorded_before_it_is_answered(deployment):
    assert deployment.hear(said("payment_succeeded", 1)) == (200, "taken")

    assert isinstance(deployment.payment(), Succeeded)
    with deployment.store.reading() as transaction:
        published = [msgspec.json.decode(one.envelope)["type"] for one in transaction.published(after=0, most=9)]
        assert transaction.undelivered() is None
    assert "insurance.payments.intent.succeeded.v1" in published


def test_a_commit_that_is_answered_is_on_the_disk(deployment):
    """A power cut must not lose what the processor will never say again."""
    with deployment.store.writing_through() as transaction:
        assert transaction._connection.execute(text("PRAGMA synchronous")).scalar() == 2
    with deployment.store.writing() as transaction:
        assert transaction._connection.execute(text("PRAGMA synchronous")).scalar() == 1


def test_a_failure_is_classed_and_tried_again_by_its_code(deployment):
    raw = said("payment_failed", 1, network="US-VISA", code="51")

    assert deployment.hear(raw) == (200, "taken")
    state = deployment.payment()
    assert isinstance(state, Retrying)
    assert state.attempts[0].code == "51"


def test_an_order_that_was_accepted_is_under_way(deployment):
    assert deployment.hear(said("payment_accepted", 1)) == (200, "taken")
    assert isinstance(deployment.payment(), Processing)


def test_money_that_the_bank_sends_back_has_come_back(deployment):
    deployment.hear(said("payment_succeeded", 1))

    assert deployment.hear(said("payment_returned", 2, code="R10")) == (200, "taken")
    assert isinstance(deployment.payment(), Returned)


def test_a_dispute_takes_the_payment_back_and_one_that_is_won_gives_it_again(deployment):
    deployment.hear(said("payment_succeeded", 1))

    assert deployment.hear(said("dispute_opened", 2, **DISPUTE)) == (200, "taken")
    assert isinstance(deployment.payment(), ChargedBack)
    assert deployment.hear(said("dispute_won", 3)) == (200, "taken")
    assert isinstance(deployment.dispute(), dispute.Won)
    assert isinstance(deployment.payment(), Succeeded)


def test_every_type_that_is_known_is_acted_on_here(deployment):
    """So that a type which somebody adds is told here too."""
    assert set(CONTENTS) == {
        "payment_accepted",
        "payment_succeeded",
        "payment_failed",
        "payment_cleared",
        "payment_returned",
        "dispute_opened",
        "dispute_won",
        "dispute_lost",
    }
    deployment.hear(said("payment_succeeded", 1))
    deployment.hear(said("dispute_opened", 2, **DISPUTE))
    assert deployment.hear(said("dispute_lost", 3)) == (200, "taken")
    assert isinstance(deployment.dispute(), dispute.Lost)


def test_the_same_webhook_again_changes_nothing_and_is_good(deployment):
    raw = said("payment_succeeded", 1)
    deployment.hear(raw)
    before = deployment.payment()

    assert [deployment.hear(raw) for _ in range(5)] == [(200, "seen")] * 5
    assert deployment.payment() == before
    assert deployment.recorded() == 1


def test_other_bytes_under_a_known_id_are_refused(deployment):
    deployment.hear(said("payment_succeeded", 1))

    assert deployment.hear(said("payment_succeeded", 1, network="other")) == (409, "webhook_changed")


@pytest.mark.parametrize("order", tuple(permutations(range(3))))
def test_in_whatever_order_they_come_the_payment_ends_as_the_last_of_them_says(deployment, order):
    """Y8: what is older than what we know is recorded, answered and not acted on."""
    news = [
        said("payment_accepted", 1),
        said("payment_succeeded", 2),
        said("payment_returned", 3, code="R10"),
    ]
    for number in order:
        assert deployment.hear(news[number])[0] == 200
        assert deployment.hear(news[number]) == (200, "seen")

    assert deployment.recorded() == 3
    ended = deployment.payment()
    if order.index(1) < order.index(2):
        assert isinstance(ended, Returned)
    else:
        # The return overtook the success of which it is: nobody can take back what is not there, so a person has it.
        assert deployment.cases() == ["wrong_state"]


def test_a_type_that_nobody_knows_is_recorded_and_passed_over(deployment):
    assert deployment.hear(said("mandate_revoked", 1)) == (200, "passed_over")
    assert deployment.recorded() == 1


def test_what_the_core_will_not_do_is_a_case_for_a_person_and_still_answered_well(deployment):
    """The processor would say the same for a day, and nobody would look."""
    raw = said("payment_succeeded", 1, object_id="draft:nobody")

    assert deployment.hear(raw) == (200, "taken")
    assert deployment.cases() == ["unknown_attempt"]
    assert deployment.hear(raw) == (200, "seen")


@pytest.mark.parametrize("signed", ["", "ü", "00" * 64, signature(b"{}", SECRET)])
def test_what_nobody_signed_is_refused_and_leaves_nothing(deployment, signed):
    assert deployment.hear(said("payment_succeeded", 1), signed) == (403, "bad_signature")
    assert deployment.recorded() == 0
    assert not isinstance(deployment.payment(), Succeeded)


def test_a_byte_that_was_changed_on_the_way_is_found(deployment):
    raw = said("payment_succeeded", 1)
    for place in range(len(raw)):
        forged = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        assert deployment.hear(forged, signature(raw, SECRET)) == (403, "bad_signature")


def test_the_former_secret_is_believed_while_it_is_being_replaced(deployment):
    raw = said("payment_succeeded", 1)

    assert deployment.hear(raw, signature(raw, FORMER)) == (200, "taken")


def test_without_a_secret_nobody_is_believed(store):
    deployment = Deployment(store)
    raw = said("payment_succeeded", 1)

    assert deployment.hear(raw) == (403, "webhook_secret_missing")
    assert deployment.hear(raw, signature(raw, b"")) == (403, "webhook_secret_missing")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        said("payment_succeeded", 1, updated="yesterday"),
        said("payment_succeeded", 1, updated="2026-06-01T12:00:00"),
        said("payment_succeeded", 1, attempt=0),
        said("payment_succeeded", 1, attempt="one"),
        said("payment_succeeded", 1, object_id=""),
        said("payment_succeeded", 1, object_id="x" * 101),
        said("payment_succeeded", 1, captured={"amount": "1.5", "currency": "USD"}),
        said("payment_returned", 1),
        said("dispute_opened", 1, **(DISPUTE | {"network": "nobody"})),
        said("dispute_opened", 1, **(DISPUTE | {"amount": 100})),
    ],
)
def test_what_is_signed_and_cannot_be_read_is_said_and_not_recorded(deployment, raw):
    assert deployment.hear(raw) == (400, "unreadable")
    assert deployment.recorded() == 0


def test_a_card_number_is_not_taken_wherever_it_stands(deployment):
    digits = "4" + "1" * 15
    assert deployment.hear(said("payment_failed", 1, network="US-VISA", code=digits)) == (422, "card_number")
    assert deployment.hear(said("dispute_opened", 1, **(DISPUTE | {"reason": digits}))) == (422, "card_number")
    assert deployment.recorded() == 0


def test_what_is_so_old_that_nobody_would_know_it_again_is_refused(deployment):
    """V14: the processor tries for 1441 minutes; what is remembered for a week cannot be replayed after it."""
    raw = said("payment_succeeded", 1)
    deployment.now = NOW + timedelta(minutes=1 + 1441)
    assert deployment.hear(said("payment_accepted", 0)) == (200, "taken")
    deployment.now = NOW + timedelta(days=7, minutes=1)
    assert deployment.hear(raw) == (422, "webhook_too_old")


def test_what_is_ahead_of_the_time_would_hide_what_really_comes_later_and_is_refused(deployment):
    deployment.now = NOW
    assert deployment.hear(said("payment_succeeded", 6)) == (422, "webhook_not_yet")
    assert deployment.hear(said("payment_succeeded", 5)) == (200, "taken")


def test_what_fails_before_the_end_is_not_recorded_and_may_come_again(deployment, monkeypatch):
    raw = said("payment_succeeded", 1)
    working = deployment.service.unit_of_work

    def broken(transaction):
        unit = working(transaction)
        monkeypatch.setattr(unit, "write", lambda: (_ for _ in ()).throw(ValueError("the disk is full")))
        return unit

    monkeypatch.setattr(deployment.service._webhooks, "_unit_of_work", broken)
    with pytest.raises(ValueError, match="disk is full"):
        deployment.hear(raw)
    assert deployment.recorded() == 0
    monkeypatch.setattr(deployment.service._webhooks, "_unit_of_work", working)
    assert deployment.hear(raw) == (200, "taken")


def test_the_document_says_where_and_how_and_by_which_codes():
    described = openapi_document()["paths"][WEBHOOK_PATH]["post"]
    examples = described["requestBody"]["content"]["application/json"]["examples"]

    assert described["parameters"][0]["name"].lower() == SIGNATURE_HEADER
    assert described["security"] == []
    for status, codes in REFUSALS.items():
        assert {status_of_refusal(code) for code in codes} == {status}
    assert examples.keys() <= CONTENTS.keys()
    for example in examples.values():
        raw = msgspec.json.encode(example["value"])
        read: Any = webhook_in.read(raw, signature(raw, SECRET), (SECRET,))
        assert not isinstance(command_of(read, raw, at=NOW), (Refusal, type(None)))


@pytest.fixture(scope="module")
def url(start_for_module):
    return start_for_module(
        token="a-token", WINDTUNNEL_WEBHOOK_SECRET=SECRET.decode(), WINDTUNNEL_WEBHOOK_SECRET_FORMER=FORMER.decode()
    ).base_url


def test_over_http_the_signature_is_the_token(url):
    written = {"event_id": "evt_1", "type": "news", "object_id": "x", "updated": datetime.now(UTC).isoformat()}
    raw = msgspec.json.encode(written)
    path = f"{url}/webhooks/processor"

    answer = httpx.post(path, content=raw, headers={SIGNATURE_HEADER: signature(raw, SECRET)})
    forged = httpx.post(path, content=raw, headers={SIGNATURE_HEADER: signature(raw, b"a guess")})
    unsigned = httpx.post(path, content=raw)
    assert (answer.status_code, answer.json()) == (200, {"event_id": "evt_1", "outcome": "passed_over"})
    for refused in (forged, unsigned):
        assert (refused.status_code, refused.json()["code"]) == (403, "bad_signature")
        assert refused.headers["content-type"] == "application/problem+json"
    assert httpx.get(path).status_code == 405


def test_over_http_what_is_too_large_is_not_read_to_its_end(url):
    raw = b"x" * 1_000_001

    answer = httpx.post(f"{url}/webhooks/processor", content=raw, headers={SIGNATURE_HEADER: signature(raw, SECRET)})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
