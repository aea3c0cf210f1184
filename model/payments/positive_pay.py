"""Positive pay (Y13): the bank is told of every cheque that was issued, and asks about each that does not fit.

    issued, stopped --issue_file--> the bank        the bank --presented--> fits    -> the cheque is cleared
                                                                       \\--> differs -> a case for a person

The register is no state of its own: it is what the payments themselves say of their cheques. A cheque that a drawee
pays is paid by its terms, so that whoever alters the amount or the payee is caught here; endorsements of joint payees
are then the payment's own affair. What the bank does when nobody answers in time is agreed with it: practice [K], the
carrier's `positive_pay_default`. A cheque older than `stale_cheque_days` is asked about, since no bank has to pay one
that is more than six months old (UCC 4-404).
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Literal

from msgspec import Struct

from model.choices.settlement import SettlementChoices
from model.money import Money
from model.payments.commands import HearProcessor
from model.payments.naming import try_id
from model.payments.states import Attempt, NoIntent, State
from model.payments.worklist import Matter, OpenCase, case_id

Standing = Literal["outstanding", "void", "paid"]
Misfit = Literal["not_issued", "void", "paid_before", "other_amount", "other_payee", "stale"]
"""What is wrong with a cheque that was presented, in order of precedence."""
COLUMNS = ("serial", "standing", "issued_on", "amount", "currency", "payees")


class IssuedCheque(Struct, frozen=True, gc=False):
    """One cheque of the register. `serial` is the name of its attempt, so that the one that replaces it has another;
    `payees` have to endorse together where there are several.
    """

    serial: str
    intent_id: str
    attempt: int
    story: str
    standing: Standing
    issued_on: date
    amount: Money
    payees: tuple[str, ...]


class PresentedCheque(Struct, frozen=True, gc=False):
    """What the bank read of a cheque. `payees` is None where it reads none; `endorsed_by` whose endorsements it saw."""

    serial: str
    amount: Money
    presented_on: date
    payees: tuple[str, ...] | None = None
    endorsed_by: tuple[str, ...] = ()


def register_of(intents: Iterable[tuple[str, State]]) -> dict[str, IssuedCheque]:
    """The cheques that have left the house, by serial."""
    found: dict[str, IssuedCheque] = {}
    for intent_id, state in intents:
        if isinstance(state, NoIntent) or state.order.purpose == "collection":
            continue
        order = state.order
        for attempt in state.attempts:
            standing = _standing(attempt)
            if attempt.method == "cheque" and attempt.settled_on is not None and standing is not None:
                serial = try_id(intent_id, attempt.ordinal)
                payees = order.joint_payees or (order.party_id,)
                found[serial] = IssuedCheque(
                    serial, intent_id, attempt.ordinal, order.story, standing, attempt.settled_on, order.amount, payees
                )
    return found


def _standing(attempt: Attempt) -> Standing | None:
    """None for one that is not issued yet, or that nobody knows of."""
    if attempt.cleared_on is not None or attempt.unendorsed:
        return "paid"
    if attempt.status == "succeeded":
        return "outstanding"
    return "void" if attempt.status in ("returned", "failed") else None


def issue_file(register: Mapping[str, IssuedCheque]) -> str:
    """What the bank is sent: a CSV file with COLUMNS, one row for each cheque that is outstanding or void."""
    lines = [",".join(COLUMNS)]
    for serial in sorted(register):
        one = register[serial]
        if one.standing != "paid":
            amount, currency = str(one.amount).split()
            payees = " AND ".join(one.payees)
            row = (serial, one.standing, one.issued_on.isoformat(), amount, currency, payees)
            lines.append(",".join([_field(text) for text in row]))
    return "\n".join(lines) + "\n"


def _field(text: str) -> str:
    """One field as RFC 4180 writes it."""
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"\r\n') else text


def misfit(
    choices: SettlementChoices, register: Mapping[str, IssuedCheque], presented: PresentedCheque
) -> Misfit | None:
    """What is wrong with it; None when it is to be paid."""
    issued = register.get(presented.serial)
    if issued is None:
        return "not_issued"
    if issued.standing != "outstanding":
        return "void" if issued.standing == "void" else "paid_before"
    if presented.amount != issued.amount:
        return "other_amount"
    if presented.payees is not None and set(presented.payees) != set(issued.payees):
        return "other_payee"
    return "stale" if (presented.presented_on - issued.issued_on).days > choices.stale_cheque_days else None


def answered(
    choices: SettlementChoices, register: Mapping[str, IssuedCheque], presented: PresentedCheque, *, at: datetime
) -> HearProcessor | OpenCase:
    """What follows from a cheque that the bank asks about: it is cleared, or a person has a case that says what the
    bank does if nobody decides.
    """
    issued, wrong = register.get(presented.serial), misfit(choices, register, presented)
    if issued is not None and wrong is None:
        return HearProcessor(
            intent_id=issued.intent_id,
            attempt=issued.attempt,
            says="cleared",
            endorsed_by=presented.endorsed_by,
            on=presented.presented_on,
            at=at,
        )
    code = f"cheque_{wrong}"
    name = presented.serial if issued is None else issued.intent_id
    text = f"{presented.amount} presented: {wrong}; the bank will {choices.positive_pay_default} it by itself"
    return OpenCase(
        case_id=case_id(presented.serial, code),
        matter=Matter(name, "" if issued is None else issued.story, code, text, presented.amount),
        on=presented.presented_on,
        at=at,
    )
