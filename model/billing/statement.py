"""An agency bill statement: what a producer collected for us in a month and remits net of its commission.

    NoStatement --AddStatementItem--> Open --IssueStatement--> Issued
                                       |                         |  PromiseRemittance, RemitStatement,
                                       +-------------------------+  MatchAccountCurrent, ChargeDifference

Net = gross - commission. An item whose money differs by more than the carrier's tolerance becomes an exception that
stays open until somebody pays it or charges it to the producer's balance: never a silent write-off. A difference
within tolerance is charged to that balance too, so that the bill is paid in full. Under account current the producer
sends its own statement and we match it item by item. All of it is practice.
"""

from typing import TypeAlias, assert_never

from msgspec import Struct
from msgspec.structs import replace

from model.billing.statement_messages import (
    AccountCurrentMatched,
    AddStatementItem,
    Applied,
    ChargeDifference,
    Command,
    CommissionPart,
    CurrentLine,
    Difference,
    DifferenceCharged,
    Event,
    IssueStatement,
    Item,
    MatchAccountCurrent,
    PromiseRemittance,
    RemitStatement,
    RemittancePromised,
    RemittedLine,
    StatementIssued,
    StatementItemAdded,
    StatementRemitted,
)
from model.billing.suspense import Reason
from model.carrier import Carrier
from model.decider import Decider, Decision, Refusal
from model.money import Money, total

__all__ = [
    "AccountCurrentMatched",
    "AddStatementItem",
    "Applied",
    "ChargeDifference",
    "Command",
    "CommissionPart",
    "CurrentLine",
    "Difference",
    "DifferenceCharged",
    "Event",
    "IssueStatement",
    "Issued",
    "Item",
    "MatchAccountCurrent",
    "NoStatement",
    "Open",
    "PromiseRemittance",
    "RemitStatement",
    "Remittance",
    "RemittancePromised",
    "RemittedLine",
    "State",
    "StatementIssued",
    "StatementItemAdded",
    "StatementRemitted",
    "applied",
    "decider",
    "evolve",
]


# --- states


class Remittance(Struct, frozen=True, gc=False):
    remittance_id: str
    amount: Money


class NoStatement(Struct, frozen=True, tag=True, gc=False):
    pass


class Open(Struct, frozen=True, tag=True):
    items: tuple[Item, ...]


class Issued(Struct, frozen=True, tag=True):
    items: tuple[Item, ...]
    remittances: tuple[Remittance, ...] = ()
    documents: tuple[str, ...] = ()

    @property
    def exceptions(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.status == "exception")


State: TypeAlias = NoStatement | Open | Issued

# --- rules


def _item(items: tuple[Item, ...], item_id: str) -> Item | None:
    return next((item for item in items if item.item_id == item_id), None)


def _settled(producer_id: str, item: Item, cash: Money) -> Applied:
    """The commission is set off, and what the cash is short of the net (or over it) with it."""
    short = item.due - cash
    rest = (CommissionPart(producer_id, short),) if short.minor else ()
    return Applied(item.item_id, item.account_id, cash, (*item.parts, *rest), "settled")


def applied(producer_id: str, item: Item, amount: Money, tolerance: int) -> tuple[Applied | None, Money]:
    """What a remitted amount does to an item, and what of it is too much. More than was due settles the item; less is
    kept and leaves an exception.
    """
    nothing = Money(0, amount.currency)
    over = amount - item.due
    if item.status == "settled":
        return None, amount
    if abs(over.minor) <= tolerance:
        return _settled(producer_id, item, amount), nothing
    if over.minor > 0:
        return _settled(producer_id, item, item.due), over
    return Applied(item.item_id, item.account_id, amount, (), "exception"), nothing


def _current(carrier: Carrier, command: MatchAccountCurrent, state: Issued) -> Decision[Event]:
    if command.document_id in state.documents:
        return ()
    amounts = [amount for line in command.lines for amount in (line.gross, line.commission)]
    if any(amount.currency != carrier.currency for amount in amounts):
        return Refusal("wrong_currency", f"{carrier.name} bills in {carrier.currency}")
    return (_matched(command, state.items),)


def _matched(command: MatchAccountCurrent, items: tuple[Item, ...]) -> AccountCurrentMatched:
    """Their lines by account and policy against ours, summed where one has several."""
    ours, theirs = _net_by(items), _net_by(command.lines)
    names = {(item.account_id, item.policy_id): item.item_id for item in items}
    return AccountCurrentMatched(
        producer_id=command.producer_id,
        month=command.month,
        document_id=command.document_id,
        agreed=tuple(names[key] for key in ours if theirs.get(key) == ours[key]),
        differences=tuple(
            Difference(*key, ours.get(key), theirs.get(key))
            for key in dict.fromkeys((*ours, *theirs))
            if ours.get(key) != theirs.get(key)
        ),
        on=command.on,
        at=command.at,
    )


def _net_by(lines: tuple[Item, ...] | tuple[CurrentLine, ...]) -> dict[tuple[str, str], Money]:
    sums: dict[tuple[str, str], Money] = {}
    for line in lines:
        key, net = (line.account_id, line.policy_id), line.gross - line.commission
        sums[key] = sums[key] + net if key in sums else net
    return sums


# --- the machine


def decider(carrier: Carrier) -> Decider[Command, State, Event]:
    def decide(command: Command, state: State) -> Decision[Event]:
        match command, state:
            case AddStatementItem(), _:
                return _added(carrier, command, state)
            case (
                (
                    IssueStatement()
                    | PromiseRemittance()
                    | RemitStatement()
                    | MatchAccountCurrent()
                    | ChargeDifference()
                ),
                NoStatement(),
            ):
                return Refusal("unknown_statement", f"{command.producer_id} has no statement for {command.month}")
            case IssueStatement(), Open(items=items):
                return (_issued(carrier, command, items),)
            case IssueStatement(), Issued():
                return ()
            case ((PromiseRemittance() | RemitStatement() | MatchAccountCurrent() | ChargeDifference()), Open()):
                return Refusal("wrong_state", f"the statement of {command.month} is not issued yet")
            case PromiseRemittance(), Issued():
                return _promised(carrier, command, state)
            case RemitStatement(), Issued():
                return _remitted(carrier, command, state)
            case MatchAccountCurrent(), Issued():
                return _current(carrier, command, state)
            case ChargeDifference(), Issued():
                return _charged(command, state)

    return Decider("statement", NoStatement(), _stream, decide, evolve)


def _stream(command: Command) -> str:
    return f"{command.producer_id}/{command.month}"


def _added(carrier: Carrier, command: AddStatementItem, state: State) -> Decision[Event]:
    item = Item(
        command.item_id,
        command.account_id,
        command.policy_id,
        command.gross,
        command.parts,
        Money(0, command.gross.currency),
    )
    known = None if isinstance(state, NoStatement) else _item(state.items, command.item_id)
    if known is not None:
        same = (known.gross, known.parts) == (item.gross, item.parts)
        return () if same else Refusal("item_reused", f"{command.item_id} was already another item")
    if isinstance(state, Issued):
        return Refusal("wrong_state", f"the statement of {command.month} is issued; the item is for the next one")
    if any(amount.currency != carrier.currency for amount in (command.gross, *[part.amount for part in command.parts])):
        return Refusal("wrong_currency", f"{carrier.name} bills in {carrier.currency}")
    return (
        StatementItemAdded(
            producer_id=command.producer_id, month=command.month, item=item, on=command.on, at=command.at
        ),
    )


def _issued(carrier: Carrier, command: IssueStatement, items: tuple[Item, ...]) -> StatementIssued:
    return StatementIssued(
        producer_id=command.producer_id,
        month=command.month,
        gross=total([item.gross for item in items], carrier.currency),
        commission=total([item.commission for item in items], carrier.currency),
        net=total([item.net for item in items], carrier.currency),
        on=command.on,
        at=command.at,
    )


def _promised(carrier: Carrier, command: PromiseRemittance, state: Issued) -> Decision[Event]:
    item = _item(state.items, command.item_id)
    if item is None:
        return Refusal("unknown_item", f"the statement of {command.month} has no item {command.item_id}")
    if item.promised == command.amount:
        return ()
    if item.status == "settled":
        return Refusal("wrong_state", f"{command.item_id} is settled")
    if command.amount.currency != carrier.currency or command.amount.minor < 0:
        return Refusal("not_payable", f"{command.amount} is nothing that can be remitted")
    off = abs(command.amount.minor - item.due.minor)
    return (
        RemittancePromised(
            producer_id=command.producer_id,
            month=command.month,
            item_id=command.item_id,
            amount=command.amount,
            says="disputed" if off > carrier.billing.statement_tolerance_minor else "agreed",
            on=command.on,
            at=command.at,
        ),
    )


def _remitted(carrier: Carrier, command: RemitStatement, state: Issued) -> Decision[Event]:
    for known in state.remittances:
        if known.remittance_id == command.remittance_id:
            same = known.amount == command.amount
            return () if same else Refusal("remittance_reused", f"{command.remittance_id} was other money")
    amounts = [command.amount, *(line.amount for line in command.lines)]
    if any(amount.currency != carrier.currency for amount in amounts):
        return Refusal("wrong_currency", f"{carrier.name} takes {carrier.currency}")
    if any(amount.minor <= 0 for amount in amounts):
        return Refusal("not_positive", "money and each of its lines are more than nothing")
    if len({line.item_id for line in command.lines}) != len(command.lines):
        return Refusal("item_twice", "an item has one line of a remittance")
    listed = total(amounts[1:], carrier.currency)
    found: list[Applied] = []
    reason: Reason = "over_sum"
    excess = command.amount - listed
    if excess.minor < 0:
        # The lines ask for more than came, and nobody can say which of them is wrong.
        return (_remittance(command, (), command.amount, "short_sum"),)
    for line in command.lines:
        item = _item(state.items, line.item_id)
        one, over = (None, line.amount) if item is None else applied(
            command.producer_id, item, line.amount, carrier.billing.statement_tolerance_minor
        )  # fmt: skip
        excess += over
        reason = "ambiguous" if item is None else reason
        found.extend(() if one is None else (one,))
    return (_remittance(command, tuple(found), excess, reason),)


def _remittance(
    command: RemitStatement, found: tuple[Applied, ...], excess: Money, reason: Reason
) -> StatementRemitted:
    return StatementRemitted(
        producer_id=command.producer_id,
        month=command.month,
        remittance_id=command.remittance_id,
        amount=command.amount,
        applied=found,
        excess=excess,
        reason=reason,
        on=command.on,
        at=command.at,
    )


def _charged(command: ChargeDifference, state: Issued) -> Decision[Event]:
    item = _item(state.items, command.item_id)
    if item is None:
        return Refusal("unknown_item", f"the statement of {command.month} has no item {command.item_id}")
    if item.status == "settled":
        return ()
    if item.status == "open":
        return Refusal("wrong_state", f"{command.item_id} is no exception")
    rest = _settled(command.producer_id, item, Money(0, item.gross.currency))
    return (
        DifferenceCharged(
            producer_id=command.producer_id, month=command.month, applied=rest, on=command.on, at=command.at
        ),
    )


def evolve(state: State, event: Event) -> State:
    match event:
        case StatementItemAdded(item=item):
            return Open((item,)) if isinstance(state, NoStatement) else replace(state, items=(*state.items, item))
        case _ if isinstance(state, NoStatement):
            return state
        case StatementIssued():
            return Issued(state.items)
        case _ if isinstance(state, Open):
            return state
        case RemittancePromised(item_id=item_id):
            return replace(
                state, items=tuple(_with_promise(i, event) if i.item_id == item_id else i for i in state.items)
            )
        case StatementRemitted(applied=found):
            paid = replace(state, items=_with(state.items, found))
            return replace(paid, remittances=(*state.remittances, Remittance(event.remittance_id, event.amount)))
        case AccountCurrentMatched(differences=differences, document_id=document_id):
            return replace(state, items=_disputed(state.items, differences), documents=(*state.documents, document_id))
        case DifferenceCharged(applied=one):
            return replace(state, items=_with(state.items, (one,)))
        case _:
            assert_never(event)


def _with_promise(item: Item, event: RemittancePromised) -> Item:
    """A dispute is an exception before any money comes."""
    status = "exception" if event.says == "disputed" else item.status
    return replace(item, promised=event.amount, status=status)


def _with(items: tuple[Item, ...], found: tuple[Applied, ...]) -> tuple[Item, ...]:
    by_item = {one.item_id: one for one in found}
    return tuple(
        replace(item, cash=item.cash + by_item[item.item_id].cash, status=by_item[item.item_id].outcome)
        if item.item_id in by_item
        else item
        for item in items
    )


def _disputed(items: tuple[Item, ...], differences: tuple[Difference, ...]) -> tuple[Item, ...]:
    keys = {(one.account_id, one.policy_id) for one in differences}
    return tuple(
        replace(item, status="exception")
        if (item.account_id, item.policy_id) in keys and item.status == "open"
        else item
        for item in items
    )
