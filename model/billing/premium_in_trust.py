"""What a producer's word and money say of the premium that it keeps in trust.

    promised, or agreed by its account current --> in trust, gross, its commission in it its own
    remitted ------------------------------------> out of its trust --> into the program's trust, and split
    set off against what we owe it --------------> its own

The duty is the producer's (fixtures/rules/premium_payment.csv, `producer_premium_fiduciary`); that we keep its trust
from what it tells us is practice [K]. Until it says something we know of nothing: money of which we hear only when it
is remitted came in and went out on that day. What it remits beyond the net is its own money and never was in trust.
"""

from typing import Protocol, TypeAlias

from model.billing import producer, program, remittances, statement, trust
from model.billing.program import SplitPremium
from model.billing.statement import Applied, Item
from model.billing.trust import Flow, MoveTrustMoney
from model.money import Money, total

Command: TypeAlias = MoveTrustMoney | SplitPremium
Said: TypeAlias = statement.RemittancePromised | statement.AccountCurrentMatched
Came: TypeAlias = statement.StatementRemitted | statement.DifferenceCharged | remittances.RemittanceReceived


class Kept(Protocol):
    """What is looked up: producers, trusts and programs as they are after the event."""

    def producer(self, producer_id: str) -> producer.State: ...
    def trust(self, trust_id: str) -> trust.State: ...
    def program(self, program_id: str) -> program.State: ...


def said(kept: Kept, event: Said, items: tuple[Item, ...]) -> tuple[Command, ...]:
    """Items that the producer agrees to owe are in its trust from now on."""
    trust_id = _trust_of(kept, event.producer_id)
    if not trust_id:
        return ()
    if isinstance(event, statement.RemittancePromised):
        names = (event.item_id,) if event.says == "agreed" else ()
    else:
        names = event.agreed
    return tuple(
        _move(event, trust_id, _held(item), "premium_in", item.gross - item.cash, item.commission)
        for item in items
        if item.item_id in names and item.status != "settled" and not _is_held(kept, trust_id, item)
    )


def remitted(kept: Kept, event: statement.StatementRemitted, items: tuple[Item, ...]) -> tuple[Command, ...]:
    """Out of the producer's trust item by item, and into that of its program."""
    trust_id = _trust_of(kept, event.producer_id)
    by_item = {item.item_id: item for item in items}
    out = [
        command
        for one in event.applied
        if trust_id
        for command in _applied(kept, event, trust_id, by_item[one.item_id], one, event.remittance_id)
    ]
    cash = total([one.cash for one in event.applied], event.amount.currency)
    name = f"{event.producer_id}/{event.month}/{event.remittance_id}"
    return (*out, *_into_program(kept, event, event.producer_id, name, cash))


def charged(kept: Kept, event: statement.DifferenceCharged, items: tuple[Item, ...]) -> tuple[Command, ...]:
    """What lacked was set off: if it was in trust, it is the producer's own now."""
    trust_id = _trust_of(kept, event.producer_id)
    item = next(item for item in items if item.item_id == event.applied.item_id)
    if not trust_id or not _is_held(kept, trust_id, item) or not item.due.minor:
        return ()
    return (_move(event, trust_id, f"charged:{item.item_id}", "premium_set_off", item.due),)


def swept(kept: Kept, event: remittances.RemittanceReceived) -> tuple[Command, ...]:
    """An agent sweeps gross what its customers paid into its trust: all of it left, whatever account it is for."""
    if event.way != "agent_sweep":
        return ()
    name, trust_id = f"{event.source_id}/{event.batch_id}", _trust_of(kept, event.source_id)
    through = (
        _move(event, trust_id, f"in:{name}", "premium_in", event.amount),
        _move(event, trust_id, f"out:{name}", "premium_out", event.amount),
    )
    matched = total([row.amount for row in event.matched], event.amount.currency)
    return (*(through if trust_id else ()), *_into_program(kept, event, event.source_id, name, matched))


def _trust_of(kept: Kept, producer_id: str) -> str:
    state = kept.producer(producer_id)
    return state.trust_id if isinstance(state, producer.Appointed) else ""


def _held(item: Item) -> str:
    """The entry by which all of an item is in trust."""
    return f"held:{item.item_id}"


def _is_held(kept: Kept, trust_id: str, item: Item) -> bool:
    state = kept.trust(trust_id)
    return isinstance(state, trust.Kept) and any(entry.entry_id == _held(item) for entry in state.entries)


def _applied(
    kept: Kept, event: statement.StatementRemitted, trust_id: str, item: Item, one: Applied, name: str
) -> list[MoveTrustMoney]:
    out = one.cash if one.cash.minor < item.due.minor else item.due
    is_held, settled = _is_held(kept, trust_id, item), one.outcome == "settled"
    nothing = Money(0, out.currency)
    commission = item.commission if settled else nothing
    moves: list[tuple[str, Flow, Money, Money]] = []
    if not is_held:
        moves.append((f"in:{name}/{item.item_id}", "premium_in", out + commission, commission))
    moves.append((f"out:{name}/{item.item_id}", "premium_out", out, nothing))
    if is_held and settled:
        moves.append((f"short:{name}/{item.item_id}", "premium_set_off", item.due - out, nothing))
    return [
        _move(event, trust_id, entry_id, flow, amount, own) for entry_id, flow, amount, own in moves if amount.minor > 0
    ]


def _into_program(kept: Kept, event: Came, producer_id: str, name: str, cash: Money) -> tuple[Command, ...]:
    """What came for a program is premium in its trust, and its payees' by their shares."""
    state = kept.producer(producer_id)
    known = kept.program(state.program_id) if isinstance(state, producer.Appointed) else program.NoProgram()
    if not isinstance(state, producer.Appointed) or not isinstance(known, program.Agreed) or not cash.minor:
        return ()
    return (
        _move(event, known.trust_id, f"program:{name}", "premium_in", cash),
        SplitPremium(program_id=state.program_id, remittance_id=name, amount=cash, on=event.on, at=event.at),
    )


def _move(
    event: Said | Came, trust_id: str, entry_id: str, flow: Flow, amount: Money, commission: Money | None = None
) -> MoveTrustMoney:
    return MoveTrustMoney(
        trust_id=trust_id,
        entry_id=entry_id,
        flow=flow,
        amount=amount,
        commission=Money(0, amount.currency) if commission is None else commission,
        on=event.on,
        at=event.at,
    )
