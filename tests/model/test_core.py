"""The whole core: what is told from context to context, once or twice, early or late."""

from typing import Any, get_args

import msgspec
import pytest

from fixtures.histories import (
    END,
    HISTORIES,
    IN_FORCE,
    History,
    account_id,
    at,
    bind,
    bounced,
    cancel,
    history,
    insured,
    intent_id,
    issue,
    paid,
    play,
    policy_id,
    quote,
    request,
    usd,
)
from fixtures.jurisdictions import florida
from model.billing.commands import ReceivePayment
from model.core import Command, Core, event_id, reaction_table, subscribers
from model.decider import Refusal
from model.policy.terms import Charge
from model.published.envelope import Envelope
from model.published.events import EVENT_TYPES, PublishedEvent
from model.reaction import Delivery

LATE = at(END)
each_history = pytest.mark.parametrize("commands", [history(name).commands for name in HISTORIES], ids=HISTORIES)


def new_core() -> Core:
    return Core(*florida())


def states(core: Core) -> dict[str, dict[str, Any]]:
    return {machine.name: dict(machine.states) for machine in set(core.machines.values())}


def published(commands) -> tuple[Core, list[Envelope]]:
    """A core after commands, and all that it published."""
    core, seen = new_core(), list[Envelope]()
    for command in commands:
        core.submit(command)
        while core.outbox:
            seen.append(core.outbox.pop(0))
            for context in subscribers(seen[-1].type):
                core.deliver(seen[-1], to=context, at=command.at)
    return core, seen


# --- one table of reactions


def test_every_command_has_one_machine():
    machines = new_core().machines

    assert set(machines) == {kind for union in get_args(Command) for kind in (get_args(union) or (union,))}


def test_every_reaction_is_to_an_event_that_somebody_publishes():
    assert {event_type for event_type, _ in reaction_table()} <= set(EVENT_TYPES.values())
    assert set(EVENT_TYPES) == set(get_args(PublishedEvent))


def test_who_hears_of_what():
    heard = {event_type: set(subscribers(event_type)) for event_type in EVENT_TYPES.values()}

    assert heard == {
        "insurance.policy.issued.v1": {"billing", "claims"},
        "insurance.policy.cancelled.v1": {"billing", "claims", "processes"},
        "insurance.policy.changed.v1": {"billing", "claims"},
        "insurance.policy.reinstated.v1": {"billing", "claims", "processes"},
        "insurance.policy.renewed.v1": {"billing", "claims", "processes"},
        "insurance.policy.rewritten.v1": {"billing", "claims"},
        "insurance.policy.nonrenewed.v1": {"billing", "claims"},
        "insurance.policy.job.preempted.v1": set(),
        "insurance.ops.moratorium.activated.v1": {"billing"},
        "insurance.ops.moratorium.released.v1": {"billing"},
        "insurance.billing.invoice.due.v1": {"payments"},
        "insurance.billing.invoice.past_due.v1": set(),
        "insurance.billing.nonpayment_notice.sent.v1": set(),
        "insurance.billing.delinquency.started.v1": set(),
        "insurance.billing.delinquency.held.v1": set(),
        "insurance.billing.delinquency.cancel_requested.v1": {"processes"},
        "insurance.billing.delinquency.exited.v1": {"processes"},
        "insurance.billing.suspense.created.v1": set(),
        "insurance.billing.suspense.resolved.v1": set(),
        "insurance.billing.commission.earned.v1": set(),
        "insurance.billing.commission.charged_back.v1": set(),
        "insurance.billing.finance.cancellation_ordered.v1": {"policy"},
        "insurance.claims.payment.requested.v1": {"payments", "processes"},
        "insurance.claims.dwelling.damaged.v1": {"policy"},
        "insurance.claims.dwelling.repaired.v1": {"policy"},
        "insurance.payments.intent.succeeded.v1": {"billing", "claims", "processes"},
        "insurance.payments.intent.failed.v1": {"billing", "claims", "processes"},
        "insurance.payments.intent.unknown.v1": {"processes"},
        "insurance.billing.invoice.draft_requested.v1": {"payments"},
        "insurance.billing.disbursement.requested.v1": {"payments"},
        "insurance.billing.disbursement.executed.v1": set(),
        "insurance.billing.disbursement.rejected.v1": {"payments"},
        "insurance.payments.return.received.v1": {"billing", "claims"},
        "insurance.payments.intent.created.v1": set(),
        "insurance.payments.intent.cleared.v1": {"claims"},
        "insurance.claims.payment.stopped.v1": {"payments"},
        "insurance.claims.payment.voided.v1": {"payments"},
        "insurance.payments.dispute.opened.v1": set(),
        "insurance.payments.dispute.won.v1": set(),
        "insurance.payments.dispute.lost.v1": set(),
        "insurance.payments.payout.issued.v1": set(),
        "insurance.payments.payout.settled.v1": set(),
        "insurance.payments.payout.returned.v1": set(),
        "insurance.payments.recon.matched.v1": set(),
        "insurance.payments.recon.mismatched.v1": set(),
        "insurance.payments.recon.missing.v1": set(),
        "insurance.policy.notice.given.v1": {"processes"},
        "insurance.policy.notice.rescinded.v1": {"processes"},
        "insurance.policy.operation.held.v1": {"processes"},
        "insurance.policy.operation.released.v1": {"processes"},
        "insurance.policy.renewal.offered.v1": {"processes"},
        "insurance.policy.renewal.bound.v1": {"processes"},
        "insurance.policy.renewal.closed.v1": {"processes"},
        "insurance.policy.renewal.approved.v1": {"processes"},
        "insurance.billing.renewal.billed.v1": {"processes"},
        "insurance.billing.renewal.paid.v1": {"processes"},
        "insurance.claims.payment.held.v1": {"processes"},
        "insurance.claims.payment.denied.v1": {"processes"},
        "insurance.process.claim_payout.asked.v1": {"claims", "payments"},
        "insurance.process.cancel_for_nonpayment.asked.v1": {"policy"},
        "insurance.process.renewal_bind.asked.v1": {"billing", "policy"},
        "insurance.process.ask.refused.v1": {"processes"},
    }
    assert subscribers("insurance.policy.forgotten.v1") == ()


# --- the histories play


@pytest.mark.parametrize("name", HISTORIES)
def test_nothing_in_a_named_history_is_refused_or_asked_in_vain(name):
    decisions = play(new_core(), history(name))

    assert [decision for decision in decisions if isinstance(decision, Refusal) or decision == ()] == []


def test_claims_knows_the_policy_that_the_histories_hand_it():
    core = new_core()
    play(core, history("a policy in force", 7))

    assert core.known_policy(policy_id(7)) == insured(7)


def test_any_number_of_histories_live_in_one_core_without_meeting():
    together = new_core()
    for number, name in enumerate(HISTORIES, 1):
        play(together, history(name, number))

    for number, name in enumerate(HISTORIES, 1):
        alone = new_core()
        play(alone, history(name, number))
        for machine, streams in states(alone).items():
            assert streams.items() <= states(together)[machine].items()


# --- what a message says


@each_history
def test_the_same_history_publishes_the_same_bytes(commands):
    first, second = (msgspec.json.encode(published(commands)[1]) for _ in range(2))

    assert first == second


@each_history
def test_ids_and_sequences_of_published_events_are_those_of_their_streams(commands):
    core, seen = published(commands)
    machines = {machine.name: machine for machine in core.machines.values()}

    assert len({envelope.id for envelope in seen}) == len(seen)
    for envelope in seen:
        machine, _, _ = envelope.id.partition(":")
        assert envelope.id == event_id(machine, envelope.subject, envelope.sequence)
        assert envelope.source == f"/{machines[machine].context}"
        assert 1 <= envelope.sequence <= machines[machine].sequences[envelope.subject]


def test_a_story_keeps_its_correlation_and_every_event_names_its_cause():
    _, seen = published(history("a claim paid and closed").commands)
    requested, created, asked, issued, confirmed = seen[-5:]

    assert requested.type == "insurance.claims.payment.requested.v1"
    assert created.type == "insurance.payments.intent.created.v1"
    assert issued.type == "insurance.payments.intent.succeeded.v1"
    # The process answers to both and stays in the story in which it began.
    assert asked.type == confirmed.type == "insurance.process.claim_payout.asked.v1"
    assert asked.correlationid == confirmed.correlationid == requested.correlationid
    assert (asked.causationid, confirmed.causationid) == (requested.id, issued.id)
    # The processor knows of no story: what it says belongs to that of the payment.
    assert created.type == "insurance.payments.intent.created.v1"
    assert created.correlationid == issued.correlationid == requested.correlationid
    assert (created.causationid, issued.causationid) == (requested.id, issued.id)
    assert (requested.correlationid, requested.causationid) == (f"claim:{requested.subject}", requested.id)
    core = new_core()
    play(core, history("a policy in force"))
    core.submit(request(1), correlation_id="story", causation_id="somebody")
    core.submit(cancel(1), correlation_id="story", causation_id="somebody")
    (told,) = core.outbox
    assert (told.correlationid, told.causationid) == ("story", "somebody")


def test_what_follows_from_an_event_carries_its_correlation_and_its_id_as_the_cause():
    caused: list[tuple[str, str]] = []

    class Watched(Core):
        def submit(self, command, *, correlation_id="", causation_id=""):
            caused.append((correlation_id, causation_id))
            return super().submit(command, correlation_id=correlation_id, causation_id=causation_id)

    play(Watched(*florida()), history("a policy in force"))

    # The three steps themselves, and then what billing and claims make of the issue.
    assert caused == [("", "")] * 3 + [(f"policy:{policy_id(1)}", f"policy:{policy_id(1)}#3")] * 2


@each_history
def test_a_reader_makes_the_same_of_an_event_and_of_its_json(commands):
    core, seen = published(commands)

    for envelope in seen:
        decoded = msgspec.json.decode(msgspec.json.encode(envelope.data))
        delivery = Delivery(envelope.id, envelope.effective, LATE)
        for context in subscribers(envelope.type):
            for reaction in core.reactions[envelope.type, context]:
                assert reaction.commands(decoded, delivery) == reaction.commands(envelope.data, delivery)


def test_a_reader_refuses_an_event_that_does_not_hold_what_it_reads():
    (reaction,) = new_core().reactions["insurance.policy.issued.v1", "billing"]

    with pytest.raises(msgspec.ValidationError, match="policy_id"):
        reaction.commands({"account_id": "A"}, Delivery("id", END, LATE))


# --- what contexts make of each other


def test_a_refused_command_changes_nothing_and_publishes_nothing():
    core = new_core()
    play(core, history("a policy in force"))
    before = states(core)

    assert isinstance(core.submit(quote(1)), Refusal)
    assert core.submit(issue(1)) == ()
    assert (states(core), core.outbox) == (before, [])


def test_an_account_without_autopay_is_not_drafted():
    core = new_core()
    by_hand = msgspec.structs.replace(quote(1).terms, autopay="off")
    steps = [msgspec.structs.replace(quote(1), terms=by_hand), bind(1), issue(1)]
    play(core, History("by hand", (*steps, *(step(1) for step in paid(0)[:2]))))

    assert core.intents.states == {}


@pytest.mark.parametrize("charges", [(), (Charge("premium", usd("0.00")),)])
def test_a_policy_without_a_charge_is_issued_and_has_nothing_to_bill(charges):
    core = new_core()
    free = msgspec.structs.replace(quote(1).terms, charges=charges)
    decisions = play(core, History("free", (msgspec.structs.replace(quote(1), terms=free), bind(1), issue(1))))

    assert [decision for decision in decisions if isinstance(decision, Refusal)] == []
    assert core.account(account_id(1)) == core.accounts.initial


def test_a_charge_of_nothing_beside_a_premium_does_not_keep_the_premium_from_being_billed():
    core = new_core()
    charges = (Charge("premium", usd("1200.00")), Charge("tax", usd("0.00")))
    some = msgspec.structs.replace(quote(1).terms, charges=charges)
    play(core, History("untaxed", (msgspec.structs.replace(quote(1), terms=some), bind(1), issue(1))))
    account: Any = core.account(account_id(1))

    assert sum(item.amount for i in account.invoices for item in i.items if item.pattern == "premium") == 120000


def test_a_returned_draft_reopens_the_invoice_that_it_paid():
    core = new_core()
    play(core, history("a payment returned"))
    account: Any = core.account(account_id(1))
    (payment,) = account.payments

    assert (payment.payment_id, payment.status) == (intent_id(1, 0), "returned")
    assert account.invoices[0].status == "due"
    assert account.invoices[0].items[-1].amount == 1500


def test_a_payment_that_bounces_before_billing_heard_of_it_comes_to_the_same_end(answered):
    core = new_core()
    for step in (*IN_FORCE, *paid(0)[:2]):
        core.submit(step(1))
        core.drain(at=step(1).at)
    core.submit(paid(0)[2](1))
    core.submit(bounced(0)(1))
    succeeded, returned = core.outbox

    (early,) = core.deliver(returned, to="billing", at=LATE)
    (late,) = core.deliver(succeeded, to="billing", at=LATE)
    (again,) = core.deliver(returned, to="billing", at=LATE)

    assert answered(early) == "PaymentReturnWaits"
    assert answered(late) == "PaymentReceived+PaymentDistributed+PaymentReturned+FeeCharged"
    assert answered(again) == "-"


def test_money_of_a_stranger_is_refused_by_the_account_and_held_when_it_came_by_a_message():
    core = new_core()
    play(core, history("a policy in force"))
    before = core.account(account_id(1))
    came = ReceivePayment(
        account_id=account_id(1), payment_id="M", payer_id="stranger", amount=usd("5.00"), on=END, at=LATE
    )
    answer = core.submit(came)

    assert isinstance(answer, Refusal)
    assert answer.code == "unknown_payer"
    core.accept(came, correlation_id="c", causation_id="e")
    held: Any = core.suspense.states["S-M"]
    assert (held.left, held.money.reason) == (usd("5.00"), "unknown_payer")
    assert core.account(account_id(1)) == before
