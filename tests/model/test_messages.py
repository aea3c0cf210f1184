"""Random histories of the whole core and their messages: repeated anywhere, in any order that keeps each key's, told
again from nothing or from a checkpoint, and followed back to where they began (INV-X1, X2, X4, X7).

A key is the aggregate that receives. Order by the aggregate that publishes is not enough, and a test says for which
two messages: a payment and a cancellation come to one account from two publishers, and who is first decides what the
money pays for.
"""

from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fixtures.histories import (
    START,
    account_id,
    acknowledge,
    at,
    cancel,
    intent_id,
    policy_id,
    report,
    request,
    reserve,
    verify,
)
from model.billing.account import Account
from model.billing.money_events import InstallmentFeesDropped
from model.books import Books
from model.core import Context, Core, Recorded
from model.invariants import broken_stories, differences, order_dependent_pair
from model.payments.commands import ReportSuccess
from model.resilience.replay import Checkpoint, Told, brought_up, digest, told_again
from tests.model.interleaving import (
    ABOUT,
    BURSTS,
    LATER,
    REPORTS,
    STEPS,
    Message,
    World,
    by_publisher,
    by_receiver,
    first,
    in_force,
    interleaved,
)

FEW = settings(derandomize=True, deadline=None, max_examples=40)

# --- INV-X1


@FEW
@given(BURSTS, st.data())
def test_a_message_that_comes_again_at_any_point_changes_nothing_of_how_it_ends(bursts, data):
    """INV-X1."""
    world, once = in_force(), interleaved(bursts, first, by_receiver)
    by_id = {one.id: one for one in world.published}
    for burst in bursts:
        world.ask(tuple(burst))
        while world.waiting:
            world.deliver(*world.waiting.pop(0))
            by_id.update((one.id, one) for one in world.published)
            event, to = data.draw(st.sampled_from(world.delivered))
            world.core.deliver(by_id[event], to=to, at=at(LATER))

    assert differences("INV-X1", once.states(), world.states()) == ()
    assert world.digest() == once.digest()
    assert world.core.outbox == []


def test_without_an_inbox_the_second_arrival_shows():
    """INV-X1 can fail: every further arrival is believed anew."""
    world = in_force()
    once = in_force()
    issued = next(one for one in world.published if one.id == f"policy:{policy_id(1)}#3")

    world.deliver(issued, "billing", repeat="~2")

    assert world.digest() != once.digest()
    assert [one.subject for one in differences("INV-X1", once.states(), world.states())] == [f"account {account_id(1)}"]


# --- INV-X2


@FEW
@given(BURSTS, st.data())
def test_every_order_that_keeps_the_order_of_each_receiver_ends_alike(bursts, data):
    """INV-X2."""
    straight = interleaved(bursts, first, by_receiver)
    drawn = interleaved(bursts, lambda free: data.draw(st.integers(0, free - 1)), by_receiver)

    assert sorted(drawn.delivered) == sorted(straight.delivered)
    assert drawn.digest() == straight.digest()


MEETING = (
    ReportSuccess(intent_id=intent_id(2, 0), **ABOUT),
    ReportSuccess(intent_id=intent_id(1, 0), **ABOUT),
    cancel(1),
)


def ended(order: tuple[Message, ...]) -> str:
    """How it ends when the messages of MEETING arrive in an order."""
    world = in_force()
    world.ask(MEETING)
    waiting = {(envelope.id, to): envelope for envelope, to in world.waiting}
    for event, to in order:
        world.core.deliver(waiting[event, to], to=to, at=at(LATER))
    return world.digest()


def messages() -> list[Message]:
    world = in_force()
    world.ask(MEETING)
    return [(envelope.id, to) for envelope, to in world.waiting]


def test_order_by_publisher_is_not_enough_and_the_pair_that_shows_it_is_named():
    """INV-X2 can fail, and says at whose order."""
    order = messages()
    pair = order_dependent_pair(order, order[::-1], ended)

    assert pair is not None
    assert [to for _, to in pair] == ["billing", "billing"]
    assert [event.partition("#")[0] for event, _ in pair] == [f"intent:{intent_id(1, 0)}", f"policy:{policy_id(1)}"]


def test_messages_of_different_accounts_commute():
    order = [message for message in messages() if message[0].partition("#")[0] != f"intent:{intent_id(1, 0)}"]

    assert len(order) > 2
    assert order_dependent_pair(order, order[::-1], ended) is None


@FEW
@given(st.lists(st.sampled_from([*REPORTS, cancel(1), cancel(2)]), max_size=10), st.data())
def test_in_any_order_at_all_the_same_money_came_in_and_the_same_is_owed(burst, data):
    """What INV-X2 leaves of the account when only publishers keep their order: its sums. Which fees of installments a
    credit drops depends on what was paid before it, so that they are counted as owed.
    """

    def sums(world: World) -> list[tuple[int, int]]:
        found = list[tuple[int, int]]()
        for number in (1, 2):
            dropped = [
                part.minor
                for event in (recorded.event for recorded in world.log)
                if isinstance(event, InstallmentFeesDropped) and event.account_id == account_id(number)
                for part in event.parts
            ]
            account = world.core.account(account_id(number))
            assert isinstance(account, Account)
            items = [item for invoice in account.invoices for item in invoice.items]
            owed = sum(item.amount - item.paid - item.credited for item in items) - account.unapplied.minor
            found.append((sum(payment.amount.minor for payment in account.payments), owed + sum(dropped)))
        return found

    drawn = interleaved([burst], lambda free: data.draw(st.integers(0, free - 1)), by_publisher)

    assert sums(drawn) == sums(interleaved([burst], first, by_publisher))


# --- INV-X4


def rebuilt(core: Core, log: list[Recorded]) -> dict[str, object]:
    """Every stream's state from its events alone."""
    machines = {one.name: one for one in core.machines.values()}

    def applied(picture: dict[str, Any], recorded: Recorded) -> dict[str, Any]:
        machine, name = machines[recorded.machine], f"{recorded.machine} {recorded.stream}"
        return {**picture, name: machine.evolve(picture.get(name, machine.initial), recorded.event)}

    told = [Told(number, number, recorded) for number, recorded in enumerate(log, 1)]
    middle = brought_up(Checkpoint[dict[str, Any]](0, {}), told[: len(told) // 2], applied)
    whole = brought_up(middle, told_again(told), applied)
    assert whole == brought_up(Checkpoint[dict[str, Any]](0, {}), told_again(told), applied)
    return whole.picture


@FEW
@given(BURSTS)
def test_told_again_from_nothing_or_from_a_checkpoint_it_is_what_it_is_live(bursts):
    """INV-X4: the streams, and the books as a picture of them all."""
    world = interleaved(bursts, first, by_receiver)

    assert differences("INV-X4", world.states(), rebuilt(world.core, world.log)) == ()
    books = Books(world.core.carrier)
    for recorded in world.log:
        books(recorded)
    assert books.ledger.balances == world.books.ledger.balances


@pytest.mark.parametrize("place", [5, 9, 13])
def test_an_event_that_was_not_kept_shows_in_the_replay(place):
    """INV-X4 can fail."""
    world = in_force()
    kept = [*world.log[:place], *world.log[place + 1 :]]

    assert digest(rebuilt(world.core, kept)) != world.digest()
    assert differences("INV-X4", world.states(), rebuilt(world.core, kept)) != ()


# --- INV-X7


@FEW
@given(BURSTS)
def test_every_published_event_leads_back_to_where_its_story_began(bursts):
    """INV-X7."""
    assert broken_stories(interleaved(bursts, first, by_receiver).published) == ()


def test_a_story_with_a_lost_a_circular_a_foreign_or_a_second_cause_is_found():
    """INV-X7 can fail."""
    world = in_force()
    world.ask((report(1), acknowledge(1), verify(1), reserve(1), request(1)))
    world.drain()
    one, two, *_ = world.published
    about = {"correlationid": one.correlationid}
    defects = {
        "is caused by nobody, which nobody published before": [replace(one, causationid="nobody")],
        f"is caused by {two.id}, which nobody published before": [
            replace(one, causationid=two.id),
            replace(two, causationid=one.id, **about),
        ],
        "its cause to": [one, replace(two, causationid=one.id, correlationid="another")],
        "and by": [one, replace(one, causationid=two.id)],
    }

    assert one.id != two.id
    for text, events in defects.items():
        found = broken_stories(events)
        assert found, text
        assert all(violation.code == "INV-X7" for violation in found)
        assert text in found[0].text


def test_the_histories_reach_every_context():
    world = interleaved([[*STEPS, *REPORTS]], first, by_receiver)

    assert {to for _, to in world.delivered} == set(get_args(Context))
    assert world.log[0].event.at.date() < START
