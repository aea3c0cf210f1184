"""A plan change: what is open of a policy's term is sliced anew, to the cent.

Only what is planned, what is not fully paid, or everything is sliced anew. Money that was paid on it becomes unapplied
first, so that it is neither lost nor paid twice; the total of the term stays as it was. `all` counts the new plan from
the first day of the term and catches up what would have been due; the others spread what they find evenly over the due
dates of the new plan that still lie ahead. Which of the three is practice [K].
"""

from collections.abc import Set
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from model.billing.applying import apply_unapplied, priorities
from model.billing.charging import invoices_planned, together
from model.billing.commands import Command
from model.billing.dispatch import Answer, Effect, answer, effect
from model.billing.events import Event, InvoicesPlanned
from model.billing.invoice import Invoice
from model.billing.items import changed
from model.billing.money_commands import ChangePlan
from model.billing.money_events import PlanChanged
from model.billing.parts import Applied, Distribution, SourceKind, numbers_of, sum_of
from model.billing.plan import OWN_FEE, Charge, Payer, PlannedInvoice, Share, planned_shares
from model.billing.standing import Account, Instruction, Payment
from model.billing.terms import kind_of
from model.carrier import Carrier
from model.choices.billing import PaymentPlan
from model.daycount import months_after
from model.decider import Decision, Refusal
from model.jurisdiction import Law
from model.money import Money


class Resliced(Struct, frozen=True):
    """What leaves the invoices: by payer, and of every instruction and pattern so much."""

    undone: tuple[Applied, ...]
    withdrawn: tuple[Distribution, ...]
    by_payer: dict[str, tuple[Share, ...]]


def answers(law: Law, carrier: Carrier) -> dict[type[Command], Answer]:
    return dict((answer(ChangePlan, lambda command, account: change_plan(carrier, law.holidays, command, account)),))


def change_plan(carrier: Carrier, holidays: Set[date], command: ChangePlan, account: Account) -> Decision[Event]:
    if command.change_id in account.plan_changes:
        return ()
    plan = carrier.plan(command.plan)
    if isinstance(plan, Refusal):
        return plan
    term = term_of(account, command.policy_id)
    if not term:
        return Refusal("unknown_policy", f"account {account.account_id} bills no policy {command.policy_id}")
    found = resliced(command, account, frozenset(term))
    first = min([each for each in term.values() if each.kind == "term"] or list(term.values()), key=_anchor)
    planned: list[PlannedInvoice] = []
    for payer_id, shares in found.by_payer.items():
        payer = Payer(payer_id, kind_of(account, command.policy_id, payer_id) or "insured", 1)
        new = _planned(carrier, holidays, command, plan, payer, shares, _anchor(first))
        if isinstance(new, Refusal):
            return new
        planned += new
    event = PlanChanged(
        account_id=command.account_id,
        change_id=command.change_id,
        policy_id=command.policy_id,
        plan=command.plan,
        reslice=command.reslice,
        undone=found.undone,
        withdrawn=found.withdrawn,
        on=command.on,
        at=command.at,
    )
    after = plan_changed(account, event)
    grouped = together(tuple(planned), after)
    placed = InvoicesPlanned(
        account_id=command.account_id,
        policy_id=command.policy_id,
        first=len(account.invoices),
        invoices=grouped.invoices,
        on=command.on,
        at=command.at,
        joined=grouped.joined,
    )
    events: list[Event] = [event, placed]
    if command.redistribute == "yes":
        after = invoices_planned(after, placed)
        for payer_id in found.by_payer:
            events.extend(apply_unapplied(priorities(carrier), after, payer_id, on=command.on, at=command.at))
    return tuple(events)


def _anchor(instruction: Instruction) -> date:
    return instruction.on or date.min


def term_of(account: Account, policy_id: str) -> dict[int, Instruction]:
    """The instructions that charged for the latest term of a policy, by place."""
    charged = {
        place: each
        for place, each in enumerate(account.instructions)
        if each.policy_id == policy_id and each.kind != "credit"
    }
    latest = max([each.starts for each in charged.values() if each.starts is not None], default=None)
    return {place: each for place, each in charged.items() if latest is None or each.starts in (None, latest)}


def resliced(command: ChangePlan, account: Account, term: frozenset[int]) -> Resliced:
    """What of the term is open on the invoices that are sliced anew, and what was paid on it."""
    withdrawn: list[Distribution] = []
    by_payer: dict[str, dict[tuple[int, str], int]] = {}
    undone: set[tuple[int, int]] = set()
    for invoice in account.invoices:
        if not _is_resliced(command, invoice):
            continue
        left = False
        for place, item in enumerate(invoice.items):
            if item.policy_id != command.policy_id or item.instruction not in term:
                left = left or item.instruction >= 0
                continue
            minor = item.amount - item.credited - item.written_off
            if item.paid:
                undone.add((invoice.number, place))
            if minor:
                withdrawn.append(Distribution(invoice.number, place, minor))
                shares = by_payer.setdefault(invoice.payer_id, {})
                key = (item.instruction, item.pattern)
                shares[key] = shares.get(key, 0) + minor
        if not left and invoice.step == "planned":
            fees = [(k, item) for k, item in enumerate(invoice.items) if item.instruction == OWN_FEE and item.open]
            withdrawn += [Distribution(invoice.number, place, item.open) for place, item in fees]
    currency = account.unapplied.currency
    return Resliced(
        undone_on(account, undone),
        tuple(withdrawn),
        {
            payer: tuple(
                [Share(Charge(pattern, Money(minor, currency)), place) for (place, pattern), minor in shares.items()]
            )
            for payer, shares in by_payer.items()
        },
    )


def _is_resliced(command: ChangePlan, invoice: Invoice) -> bool:
    if invoice.step == "carried":
        return False
    if invoice.step == "planned" or command.reslice == "all":
        return True
    return command.reslice == "not_fully_paid" and invoice.open > 0


def undone_on(account: Account, items: set[tuple[int, int]]) -> tuple[Applied, ...]:
    """The recorded parts of every source on those items."""
    found: list[Applied] = []
    kinds: tuple[tuple[SourceKind, tuple[Payment, ...]], ...] = (
        ("payment", account.payments),
        ("credit", account.credits),
    )
    for kind, sources in kinds:
        for each in sources:
            parts = tuple([part for part in each.parts if (part.invoice, part.item) in items])
            if parts and each.status == "received":
                found.append(Applied(kind, each.payment_id, parts))
    return tuple(found)


def _planned(
    carrier: Carrier,
    holidays: Set[date],
    command: ChangePlan,
    plan: PaymentPlan,
    payer: Payer,
    shares: tuple[Share, ...],
    anchor: date,
) -> tuple[PlannedInvoice, ...] | Refusal:
    if command.reslice != "all":
        ahead = [k for k in range(plan.installments + 1) if months_after(anchor, k * plan.months_apart) > command.on]
        if not ahead:
            plan = replace(plan, down_payment_percent=100, installments=0, weights=())
            anchor = command.on
        else:
            weights = () if not plan.weights else tuple(plan.weights[k - 1] if k else 1 for k in ahead)
            anchor = months_after(anchor, (ahead[0] - 1) * plan.months_apart)
            plan = replace(plan, down_payment_percent=0, installments=len(ahead), weights=weights)
    return planned_shares(
        carrier,
        policy_id=command.policy_id,
        plan=plan,
        payers=(payer,),
        shares=shares,
        anchor=anchor,
        today=command.on,
        holidays=holidays,
    )


# --- effects


def plan_changed(account: Account, event: PlanChanged) -> Account:
    after = reopened(account, event.undone)
    return replace(
        after,
        invoices=changed(after.invoices, event.withdrawn, "withdraw"),
        plan_changes=(*account.plan_changes, event.change_id),
    )


def reopened(account: Account, undone: tuple[Applied, ...]) -> Account:
    """What was paid is open again, and the money of its sources unapplied."""
    payments, credits, invoices = account.payments, account.credits, account.invoices
    restored = 0
    for source in undone:
        restored += sum_of(source.parts)
        invoices = changed(invoices, source.parts, "reopen")
        if source.kind == "payment":
            payments = _without(payments, source)
        else:
            credits = _without(credits, source)
    return replace(
        account,
        invoices=invoices,
        payments=payments,
        credits=credits,
        unapplied=Money(account.unapplied.minor + restored, account.unapplied.currency),
    )


def _without(sources: tuple[Payment, ...], gone: Applied) -> tuple[Payment, ...]:
    """A return premium may have entries for several payers: its parts tell whose they are."""
    undone = set(gone.parts)
    return tuple(
        [
            replace(
                each,
                distributed=numbers_of([part for part in each.parts if part not in undone]),
                unapplied=Money(each.unapplied.minor + sum_of(gone.parts), each.unapplied.currency),
            )
            if each.payment_id == gone.source_id and undone.issubset(each.parts)
            else each
            for each in sources
        ]
    )


EFFECTS: dict[type[Event], Effect] = dict((effect(PlanChanged, plan_changed),))
