"""The auditor: what a record entitles it to, what it finds when money is lost, doubled or misled, and only then."""

import polars as pl
import pytest
from msgspec.structs import replace

from contracts.deployment import Capabilities, Deployment, Http
from contracts.driver import DeploymentUnreachable
from contracts.spelling import SILENCE, Reply
from loadtests.audit import audit
from loadtests.findings import Finding, Views, judgements
from loadtests.journeys import claim, paying
from loadtests.promises import promises_of
from loadtests.record import SCHEMA, Moment, row
from model.invariants import Skipped
from model.wire import Amount


class Audited:
    """A rehearsed load, its record, and a driver that reads the rehearsal's desk."""

    def __init__(self, rehearsal, at):
        self.rehearsal = rehearsal
        self.deployment = Deployment(
            http=Http("http://127.0.0.1:1"), capabilities=Capabilities(drain=True), name="desk"
        )
        self.base_url = "http://desk"
        self.bend = lambda operation, identity, reply: reply
        replies = []
        rehearsal.bend = lambda _, reply: replies.append(reply) or reply
        book = rehearsal.book(2)
        for arrival in range(3):
            rehearsal.carry(claim(at(arrival)))
            rehearsal.carry(paying(at(10 + arrival, book=book, retry_share=1.0)))
        rehearsal.bend = lambda _, reply: reply
        rows = [
            row(ask, reply, advanced, Moment(float(n), n + 0.1, n + 0.2), journey="x", arrival=n, step=0)
            for n, ((ask, advanced), reply) in enumerate(zip(rehearsal.asked, replies, strict=True))
        ]
        self.record = pl.DataFrame(rows_as_dicts(rows), schema=SCHEMA)

    def drain(self):
        return 0

    def perform(self, operation, subject="", request=None, *, key=None):
        from loadtests.asking import Ask
        from model.published.requests import PolicyQuestion

        asked = PolicyQuestion() if operation == "read_policy" else request
        return self.bend(operation, subject, self.rehearsal._reply(Ask(operation, subject, asked)))

    def audit(self, record=None):
        return audit(self, self.record if record is None else record, settle_seconds=0.0, advance=lambda done: None)


def rows_as_dicts(rows):
    return [{name: getattr(each, name) for name in each.__struct_fields__} for each in rows]


@pytest.fixture
def audited(rehearsal, at):
    return Audited(rehearsal, at)


def codes(found):
    return {finding.code for finding in found.findings}


def test_after_a_load_at_the_model_nothing_is_wrong_and_everything_was_read(audited):
    found = audited.audit()
    assert found.findings == ()
    assert found.skipped == ()
    assert found.read == {"policy": 5, "account": 5, "claim": 3, "payment": 3}
    assert found.exit_code == 0


def test_a_payment_that_was_taken_twice_is_found_to_the_cent(audited):
    account = audited.record.filter(pl.col("operation") == "receive_payment")["account"][0]
    double(audited, account)
    found = audited.audit()
    assert codes(found) == {"AUD-2"}
    (finding,) = found.findings
    assert finding.minor == found.off_minor == 2010
    assert "20.10 USD was acknowledged once and is on account" in finding.text
    assert finding.text.endswith("twice: 2010 cents too much")
    assert found.exit_code == 1


def double(audited, account):
    from datetime import UTC, datetime

    from model.published.requests import ReceivePaymentRequest

    now = datetime(2026, 9, 15, 17, tzinfo=UTC)
    payer = audited.rehearsal.core.account(account).invoices[0].payer_id
    again = ReceivePaymentRequest(payer_id=payer, amount=Amount("20.10", "USD"), on=now.date())
    audited.rehearsal.desk.answer("receive_payment", account, again, now)


def test_a_payment_that_was_lost_is_found_to_the_cent(audited):
    def forget_the_first(operation, identity, reply):
        if operation != "read_account" or not reply.view.payments:
            return reply
        return replace(reply, view=replace(reply.view, payments=reply.view.payments[1:]))

    audited.bend = forget_the_first
    found = audited.audit()
    lost = [finding for finding in found.findings if finding.code == "AUD-2"]
    assert {"not at all" in finding.text and "cents short" in finding.text for finding in lost} == {True}
    assert sum(finding.minor for finding in lost) < 0
    assert "INV-B4" in codes(found)


def test_a_payment_of_an_amount_that_nobody_paid_is_found(audited):
    def misled(operation, identity, reply):
        if operation != "read_account" or not reply.view.payments:
            return reply
        first, *others = reply.view.payments
        return replace(
            reply, view=replace(reply.view, payments=(replace(first, amount=Amount("7.77", "USD")), *others))
        )

    audited.bend = misled
    assert any("nobody paid 7.77 USD" in finding.text for finding in audited.audit().findings)


def test_what_was_answered_with_success_and_is_gone_is_found(audited):
    gone = audited.record["claim"].drop_nulls()[0]
    audited.bend = lambda operation, identity, reply: (
        Reply(404, b"", None, "unknown_claim") if identity == gone else reply
    )
    found = audited.audit()
    assert [(finding.code, finding.subject) for finding in found.findings] == [("AUD-1", gone)]


def test_an_answer_that_cannot_be_read_is_a_finding_and_not_an_excuse(audited):
    audited.bend = lambda operation, identity, reply: (
        Reply(200, b"{}", None, "undecodable") if operation == "read_account" else reply
    )
    found = audited.audit()
    assert codes(found) == {"AUD-0"}
    assert found.exit_code == 1


def test_a_claim_payment_that_moved_without_being_booked_is_found(audited):
    def unbooked(operation, identity, reply):
        if operation != "read_claim":
            return reply
        payments = tuple(replace(payment, status="requested") for payment in reply.view.payments)
        return replace(reply, view=replace(reply.view, payments=payments))

    audited.bend = unbooked
    found = audited.audit()
    assert codes(found) == {"AUD-5", "INV-C2"}
    assert all("0 are booked as paid" in finding.text for finding in found.findings if finding.code == "AUD-5")


def test_a_claim_payment_that_is_there_twice_is_found(audited):
    def twice(operation, identity, reply):
        if operation != "read_claim":
            return reply
        return replace(reply, view=replace(reply.view, payments=reply.view.payments * 2))

    audited.bend = twice
    assert {"AUD-3", "INV-C2"} <= codes(audited.audit())


def test_a_cheque_that_was_issued_again_is_still_the_one_payment_that_was_asked_for(audited):
    def reissued(operation, identity, reply):
        if operation == "read_payment" and identity.endswith("-again"):
            first = audited.perform("read_payment", identity.removesuffix("-again"))
            return replace(first, view=replace(first.view, intent_id=identity, reference=identity))
        if operation != "read_claim":
            return reply
        (first,) = reply.view.payments
        again = f"{first.payment_id}-again"
        payments = (
            replace(first, status="reissued", replaced_by=again),
            replace(first, status="cleared", payment_id=again, replaces=first.payment_id),
        )
        return replace(reply, view=replace(reply.view, payments=payments))

    audited.bend = reissued
    assert audited.audit().findings == ()


def test_money_that_moved_twice_for_one_payment_is_found(audited):
    def another_intent(operation, identity, reply):
        if operation != "read_payment":
            return reply
        return replace(reply, view=replace(reply.view, subject="C-1", reference="P-1"))

    audited.bend = another_intent
    (finding,) = [finding for finding in audited.audit().findings if finding.code == "INV-Y1"]
    assert finding.text == "the payout succeeded 3 times"


def test_a_premium_that_was_written_and_not_charged_is_found_to_the_cent(audited):
    def uncharged(operation, identity, reply):
        if operation != "read_account":
            return reply
        return replace(reply, view=replace(reply.view, instructions=()))

    audited.bend = uncharged
    found = [finding for finding in audited.audit().findings if finding.code == "AUD-4"]
    assert {finding.minor for finding in found} == {-246_820}


def test_what_a_deployment_does_not_show_is_skipped_by_name(audited):
    def shows_no_payments(operation, identity, reply):
        if operation not in ("read_account", "read_claim"):
            return reply
        return replace(reply, view=replace(reply.view, payments=None))

    audited.bend = shows_no_payments
    found = audited.audit()
    skipped = {(each.code, each.lacks, each.subjects) for each in found.skipped}
    assert found.findings == ()
    assert {("AUD-2", "payments", 5), ("AUD-3", "payments", 3), ("AUD-5", "payments", 3)} <= skipped
    assert ("INV-B4", "payments", 5) in skipped


def test_where_nothing_was_touched_nothing_is_green(audited):
    found = audited.audit(pl.DataFrame(schema=SCHEMA))
    assert (found.judgements, found.exit_code) == (0, 4)


def test_what_is_still_on_its_way_is_no_finding_once_it_has_arrived(audited):
    audited.deployment = replace(audited.deployment, capabilities=Capabilities())
    looks = []

    def late(operation, identity, reply):
        looks.append(identity)
        first_time = looks.count(identity) == 1
        return Reply(404, b"", None, "unknown_account") if operation == "read_account" and first_time else reply

    audited.bend = late
    found = audit(audited, audited.record, settle_seconds=5.0, advance=lambda done: None)
    assert found.findings == ()
    assert looks.count(looks[0]) == 2


def test_a_deployment_that_stops_answering_cannot_be_judged(audited):
    audited.bend = lambda *_: SILENCE
    with pytest.raises(DeploymentUnreachable, match="no answer to read_policy"):
        audited.audit()


def record(*rows):
    filled = [dict.fromkeys(SCHEMA) | {"operation": "receive_payment", "dropped": False} | each for each in rows]
    return pl.DataFrame(filled, schema=SCHEMA)


PAID = {"account": "A-1", "amount": "20.00", "currency": "USD"}


@pytest.mark.parametrize(
    ("rows", "acknowledged", "uncertain"),
    [
        ([{"status": 201, "key": "k"}], 1, 0),
        ([{"status": 201, "key": "k"}, {"status": 201, "key": "k"}], 1, 0),
        ([{"status": 201, "key": "k"}, {"status": 201, "key": "l"}], 2, 0),
        ([{"status": 201}, {"status": 201}], 2, 0),
        ([{"status": 0, "key": "k"}, {"status": 201, "key": "k"}], 1, 0),
        ([{"status": 0, "key": "k"}], 0, 1),
        ([{"status": 500, "key": "k"}, {"status": 503}], 0, 2),
        ([{"status": 201, "key": "k"}, {"status": 0, "key": "l"}], 1, 1),
    ],
)
def test_requests_under_one_key_promise_one_payment_and_silence_promises_none(rows, acknowledged, uncertain):
    (moved,) = promises_of(record(*(PAID | each for each in rows))).moved
    assert (moved.acknowledged, moved.uncertain) == (acknowledged, uncertain)
    assert (moved.kind, moved.subject, moved.minor) == ("account", "A-1", 2000)


@pytest.mark.parametrize("status", [404, 409, 422])
def test_a_refused_payment_promises_nothing(status):
    promises = promises_of(record(PAID | {"status": status}))
    assert promises.moved == ()
    assert promises.touched["account"] == ()


def test_a_payment_that_may_have_happened_may_be_there_or_not(audited):
    unsure = audited.record.with_columns(
        pl.when(pl.col("operation") == "receive_payment").then(0).otherwise(pl.col("status")).alias("status")
    )
    assert audited.audit(unsure).findings == ()
    double(audited, audited.record.filter(pl.col("operation") == "receive_payment")["account"][0])
    (finding,) = audited.audit(unsure).findings
    assert (finding.code, finding.minor) == ("AUD-2", 2010)


def test_judging_nothing_yields_nothing():
    assert list(judgements(promises_of(pl.DataFrame(schema=SCHEMA)), Views())) == []
    assert not issubclass(Finding, Skipped)
