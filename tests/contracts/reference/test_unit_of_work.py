"""The store, the unit of work and the relay, without HTTP."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from contracts.examples import REQUESTS
from contracts.reference.defects import Defects
from contracts.reference.relay import envelope_of
from contracts.reference.service import Service
from contracts.reference.store import IN_MEMORY, DeadLetter, NewEvent, SequenceConflict, Store, StoreUnusable
from contracts.reference.unit_of_work import DECODERS, Loaded, StreamReader, UnitOfWork, restored, stored
from fixtures import histories
from fixtures.billing_histories import BILLING_HISTORIES, billing_history
from fixtures.jurisdictions import florida
from fixtures.money_histories import MONEY_HISTORIES, money_history
from fixtures.policy_histories import POLICY_HISTORIES, policy_history
from fixtures.process_histories import PROCESS_HISTORIES, process_history
from fixtures.settlement_histories import SETTLEMENT_HISTORIES, settlement_history
from model.billing import suspense
from model.claims import aggregate
from model.core import Core
from model.payments import bank_account, card, holds, processor
from model.policy.moratorium import DeclareMoratorium, Moratorium, Suspended
from model.policy.period import Unwritten
from model.published.envelope import Envelope
from model.published.operations import BY_NAME
from model.published.payment_events import IntentSucceeded
from model.published.requests import OnDayRequest, QuotePolicyRequest
from model.waiting import stuck
from model.wire import Amount

LAW, CARRIER = florida()
WATCH = Moratorium("WATCH", ("FL",), (), (), date(2026, 9, 8), None, (Suspended("bind", "refuse"),))
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def store():
    opened = Store(IN_MEMORY)
    yield opened
    opened.close()


def unit(transaction):
    return UnitOfWork(transaction, LAW, CARRIER)


def policy_state(store, policy_id):
    with store.reading() as transaction:
        return unit(transaction).core.policy(policy_id)


TOLD = {
    **{name: histories.history(name) for name in histories.HISTORIES},
    **{name: policy_history(name) for name in POLICY_HISTORIES},
    **{name: money_history(name) for name in MONEY_HISTORIES},
    **{name: billing_history(name) for name in BILLING_HISTORIES},
    **{name: settlement_history(name) for name in SETTLEMENT_HISTORIES},
    **{name: process_history(name) for name in PROCESS_HISTORIES},
}


@pytest.mark.parametrize("told", TOLD.values(), ids=TOLD)
def test_a_history_told_in_units_of_work_ends_where_it_ends_in_memory(store, told):
    in_memory = Core(LAW, CARRIER)
    histories.play(in_memory, told)
    for command in told.commands:
        service = Service(store, LAW, CARRIER, Defects(), lambda command=command: command.at)
        with store.writing() as transaction:
            work = unit(transaction)
            work.core.submit(command)
            work.write()
        service.relay.deliver()

    with store.reading() as transaction:
        stored = unit(transaction).core
        for machine, reread in zip(in_memory.machines.values(), stored.machines.values(), strict=True):
            for stream, state in machine.states.items():
                assert reread.states[stream] == state
                assert reread.sequences[stream] == machine.sequences[stream]


def test_every_state_survives_being_stored():
    core = Core(LAW, CARRIER)
    for number, name in enumerate(histories.HISTORIES, 1):
        histories.play(core, histories.history(name, number))
    for number, name in enumerate(POLICY_HISTORIES, len(histories.HISTORIES) + 1):
        histories.play(core, policy_history(name, number))
    for number, name in enumerate(MONEY_HISTORIES, len(histories.HISTORIES) + len(POLICY_HISTORIES) + 1):
        histories.play(core, money_history(name, number))
    for number, name in enumerate(SETTLEMENT_HISTORIES, 1):
        histories.play(core, settlement_history(name, number))
    for number, name in enumerate(PROCESS_HISTORIES, len(histories.HISTORIES) + len(POLICY_HISTORIES) + 1):
        histories.play(core, process_history(name, number))
    # Last, so that it suspends nothing that the histories tell.
    core.submit(DeclareMoratorium(moratorium=WATCH, on=histories.NOTICE, at=histories.at(histories.NOTICE)))
    moment: dict[str, Any] = {"on": histories.NOTICE, "at": histories.at(histories.NOTICE)}
    premium = histories.usd("10.00")
    core.submit(holds.FundAccount(fund_id="claims", funding_id="F", amount=premium, **moment))
    core.submit(holds.PlaceHold(fund_id="claims", hold_id="H", amount=premium, expires_at=None, **moment))
    core.submit(
        card.TryCard(
            card_id="K", try_id="T", network="US-MC", credential="token", initiator="merchant", amount=premium, **moment
        )
    )
    core.submit(bank_account.HearReturn(account_id="K", code="R03", **moment))
    core.submit(
        aggregate.TakeAggregate(
            policy_id="P", coverage="dwelling", year=histories.NOTICE, payment_id="PAY", claim_id="C", minor=1, **moment
        )
    )
    core.submit(processor.NoteAnswer(processor="bank", try_id="T", answer="good", **moment))
    kept = [
        (machine.name, state, restored(machine.name, stored(machine.name, state)))
        for machine in set(core.machines.values())
        for state in machine.states.values()
    ]

    assert {name for name, _, _ in kept} == {*DECODERS, "account", "policy"}
    assert all(before == after for _, before, after in kept)


def test_what_fails_before_the_end_leaves_nothing_behind(store):
    class PowerCut(Exception):
        pass

    def quote_and_fail():
        with store.writing() as transaction:
            work = unit(transaction)
            work.new_id("policy")
            work.core.submit(histories.quote(1))
            work.write()
            raise PowerCut

    with pytest.raises(PowerCut):
        quote_and_fail()

    assert isinstance(policy_state(store, histories.policy_id(1)), Unwritten)
    with store.writing() as transaction:
        assert unit(transaction).new_id("policy") == "P-000001"


def test_a_stream_is_read_once_and_only_when_it_is_asked_for(store):
    with store.writing() as transaction:
        work = unit(transaction)
        work.core.submit(histories.quote(1))
        work.write()
    with store.reading() as transaction:
        reader = StreamReader(transaction, "policy")
        policies = Loaded(reader, reader.states)
        before = dict(reader.states)
        first, again = policies[histories.policy_id(1)], policies[histories.policy_id(1)]

    assert before == {}
    assert first is again
    assert list(reader.states) == [histories.policy_id(1)]


def test_the_streams_of_a_machine_are_listed_whether_read_or_not_and_those_of_this_unit_too(store):
    with store.writing() as transaction:
        work = unit(transaction)
        for number in (2, 1):
            work.core.submit(histories.quote(number))
        work.write()
    with store.writing() as transaction:
        work = unit(transaction)
        policies = work.core.policies.states
        work.core.submit(histories.quote(3))
        listed, count = list(policies), len(policies)
        absent = policies.get("P-NONE")

    assert listed == [histories.policy_id(number) for number in (1, 2, 3)]
    assert count == 3
    assert absent is None
    with store.reading() as transaction:
        assert list(unit(transaction).core.moratoria.states) == []


def asked(store, operation, subject, request):
    answer = Service(store, LAW, CARRIER, Defects(), lambda: NOW).perform(BY_NAME[operation], subject, request, None)
    return answer.status, msgspec.json.decode(answer.body)


def quoted_in(store, area):
    quote: Any = REQUESTS["quote_policy"]["a_florida_home"]
    _, policy = asked(store, "quote_policy", "", msgspec.structs.replace(quote, areas=(area,), on=date(2026, 9, 1)))
    return policy["policy_id"]


def test_a_moratorium_that_an_earlier_request_declared_suspends_binding_until_it_is_ended(store):
    """Nothing outlives a unit of work but what the store has: the bind must find the moratorium there."""
    lee, duval = quoted_in(store, "county:Lee"), quoted_in(store, "county:Duval")
    watch: Any = REQUESTS["declare_moratorium"]["a_storm_watch"]
    status, declared = asked(store, "declare_moratorium", "", msgspec.structs.replace(watch, end=None))
    during, after = OnDayRequest(on=date(2026, 9, 10)), OnDayRequest(on=date(2026, 9, 12))

    refused = asked(store, "bind_policy", lee, during)
    elsewhere = asked(store, "bind_policy", duval, during)
    ended = asked(store, "end_moratorium", declared["moratorium_id"], after)
    bound = asked(store, "bind_policy", lee, after)

    assert (status, declared["status"], declared["end"]) == (201, "declared", None)
    assert (refused[0], refused[1]["code"]) == (409, "moratorium")
    assert (elsewhere[0], elsewhere[1]["status"]) == (200, "bound")
    assert (ended[1]["status"], ended[1]["end"]) == ("ended", "2026-09-12")
    assert (bound[0], bound[1]["status"]) == (200, "bound")


def test_a_unit_that_lists_only_what_it_read_would_bind_under_a_moratorium(store, monkeypatch):
    lee = quoted_in(store, "county:Lee")
    asked(store, "declare_moratorium", "", REQUESTS["declare_moratorium"]["a_storm_watch"])
    monkeypatch.setattr(StreamReader, "stored", lambda reader: tuple(reader.states))

    assert asked(store, "bind_policy", lee, OnDayRequest(on=date(2026, 9, 10)))[0] == 200


def test_two_units_that_saw_the_same_stream_cannot_both_append_to_it(store):
    event = [NewEvent("2026-11-21T12:00:00+00:00", b"{}")]
    with store.writing() as transaction:
        transaction.append("policy", "P-1", expected=0, events=event, state=b"{}")

    with pytest.raises(SequenceConflict), store.writing() as transaction:
        transaction.append("policy", "P-1", expected=0, events=event, state=b"{}")
    with store.writing() as transaction:
        transaction.append("policy", "P-1", expected=1, events=event * 2, state=b"{}")
    with pytest.raises(SequenceConflict), store.writing() as transaction:
        transaction.append("policy", "P-1", expected=1, events=event, state=b"{}")

    with store.reading() as transaction:
        stored = transaction.stream("policy", "P-1")
    assert stored is not None
    assert stored.sequence == 3


def test_the_same_calls_in_the_same_order_give_the_same_ids():
    def ids():
        store = Store(IN_MEMORY)
        service = Service(store, LAW, CARRIER, Defects(), lambda: NOW)
        quote = REQUESTS["quote_policy"]["a_florida_home"]
        answers = [service.perform(BY_NAME["quote_policy"], "", quote, None).body for _ in range(3)]
        store.close()
        return answers

    assert ids() == ids()


def test_an_id_that_was_refused_is_given_to_the_next(store):
    service = Service(store, LAW, CARRIER, Defects(), lambda: NOW)
    quote = REQUESTS["quote_policy"]["a_florida_home"]
    assert isinstance(quote, QuotePolicyRequest)
    refused = service.perform(BY_NAME["quote_policy"], "", msgspec.structs.replace(quote, plan="none"), None)
    accepted = service.perform(BY_NAME["quote_policy"], "", quote, None)

    assert refused.status == 422
    assert msgspec.json.decode(accepted.body)["policy_id"] == "P-000001"


def test_money_for_nobody_is_suspended_and_a_fault_is_kept_and_neither_holds_up_anything(store):
    service = Service(store, LAW, CARRIER, Defects(), lambda: NOW)
    with store.writing() as transaction:
        for number, amount in enumerate(("12.00", "twelve")):
            envelope = payout(f"PAY-{number}", amount)
            transaction.publish(envelope.id, msgspec.json.encode(envelope))
        work = unit(transaction)
        for command in histories.history("a policy in force").commands:
            work.core.submit(command)
        work.write()

    delivered = service.relay.deliver()

    with store.reading() as transaction:
        letters, left = transaction.dead_letters(), transaction.undelivered()
        held = unit(transaction).core.suspense.states["S-PAY-0"]
    assert delivered == 4
    assert left is None
    assert [(one.event_id, one.context, one.code) for one in letters] == [("intent:PAY-1#2", "billing", "fault")]
    assert letters[0].text.startswith("MoneyError")
    assert isinstance(letters[0], DeadLetter)
    assert isinstance(held, suspense.Suspended)
    assert (held.money.reason, held.left.minor) == ("unknown_account", 1200)


def payout(intent_id, amount):
    """A collection for an account that nobody knows."""
    return Envelope(
        id=f"intent:{intent_id}#2",
        source="/payments",
        type="insurance.payments.intent.succeeded.v1",
        subject=intent_id,
        time=NOW,
        effective=date(2026, 11, 21),
        sequence=2,
        correlationid="elsewhere",
        causationid="elsewhere",
        data=IntentSucceeded(
            intent_id=intent_id,
            movement_id=intent_id,
            purpose="collection",
            subject="A-NONE",
            reference="0",
            party_id="I-1",
            amount=Amount(amount, "USD"),
        ),
    )


def test_an_envelope_survives_being_stored():
    envelope = payout("PAY-7", "12.00")

    assert envelope_of(msgspec.json.encode(envelope)) == envelope


def test_a_database_that_is_none_is_refused_by_its_name(tmp_path):
    junk = tmp_path / "junk.db"
    junk.write_bytes(b"this was never a database" * 50)

    with pytest.raises(StoreUnusable, match=r"junk\.db: file is not a database"):
        Store(str(junk))
    with pytest.raises(StoreUnusable, match=r"nowhere/core\.db: unable to open"):
        Store(str(tmp_path / "nowhere" / "core.db"))


def test_processes_that_are_due_hear_of_the_time_from_the_store_alone(store):
    """Whoever told them the beginning is gone; what they ask then goes out at once."""
    told = histories.history("a claim with a payment on its way")
    now = [NOW]
    service = Service(store, LAW, CARRIER, Defects(), lambda: now[0])
    for command in told.commands:
        now[0] = command.at
        with store.writing() as transaction:
            work = unit(transaction)
            work.core.submit(command)
            work.write()
        service.relay.deliver()

    # The account first: months of bills that nobody asked for yet.
    assert service.pass_time() > 0
    assert service.pass_time() == 0
    now[0] += timedelta(hours=4)
    assert service.pass_time() == 1
    assert service.pass_time() == 0
    with store.reading() as transaction:
        core = unit(transaction).core
        assert type(core.payouts.states[histories.payment_id(1)]).__name__ == "Inquiring"
        assert type(core.intent(histories.payout_intent_id(1))).__name__ == "Unknown"
    assert dead_letters(store) == ()


def test_a_no_to_a_process_goes_back_to_it_and_is_no_dead_letter(store):
    service = Service(store, LAW, CARRIER, Defects(), lambda: NOW)
    (command,) = process_history("a cancellation that policy refuses").commands
    with store.writing() as transaction:
        work = unit(transaction)
        work.core.submit(command)
        work.write()
    service.relay.deliver()

    with store.reading() as transaction:
        (waits,) = stuck(unit(transaction).core, NOW)
    assert (waits.of, waits.because) == ("person", "wrong_state")
    assert dead_letters(store) == ()


def dead_letters(store):
    with store.reading() as transaction:
        return transaction.dead_letters()
