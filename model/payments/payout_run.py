"""A payment run: what is to be paid out is frozen, approved by a second person, funded, and paid item by item.

    NoRun --FreezeRun--> Frozen --ApproveRun--> Approved --ReserveFunds--> Reserved --(every item done)--> Closed
                            \\--DiscardRun--> Discarded

    an item: frozen --EmitPayout--> emitted --ConfirmPayout--> posted
                 \\--VoidPayout--> void  ^--(the bank refused)--/

The manifest is a hash of every item, so that what was approved is what is paid. An item is emitted under an id that
follows from run and payment, once: whoever runs the same run again after a crash asks for everything again and is told
that it was done, and only what was not emitted is. An item whose answer is not known stays emitted until the bank says
what became of it; it is never sent again. Y11, INV-Y6: posted and void together are what was reserved.

Who is not eligible (Y13) is left out, with the reason, when the run is frozen, and is not sent either when that became
so afterwards. The limit of a run and its cut-off are practice [K] and the carrier's choice.
"""

from typing import assert_never

from msgspec.structs import replace

from model.carrier import Carrier
from model.decider import Decider, Decision, Refusal
from model.money import total
from model.payments.payable import NOTHING_KNOWN, Knowledge, available, not_payable
from model.payments.payout_commands import (
    ApproveRun,
    Command,
    ConfirmPayout,
    DiscardRun,
    EmitPayout,
    FreezeRun,
    ReserveFunds,
    VoidPayout,
)
from model.payments.payout_events import (
    Event,
    FundsReserved,
    PayoutEmitted,
    PayoutItem,
    PayoutPosted,
    PayoutVoided,
    RunApproved,
    RunClosed,
    RunDiscarded,
    RunFrozen,
)
from model.payments.payout_selection import selected, unsendable
from model.payments.payout_states import (
    Approved,
    Closed,
    Discarded,
    Frozen,
    NoRun,
    Plan,
    Reserved,
    State,
    Step,
    instruction_id,
    manifest_of,
    sums,
)

__all__ = ["Approved", "Closed", "Discarded", "Frozen", "NoRun", "Plan", "Reserved", "State", "decider", "evolve"]

# --- the machine


def decider(carrier: Carrier, known: Knowledge = NOTHING_KNOWN) -> Decider[Command, State, Event]:
    def decide(command: Command, state: State) -> Decision[Event]:
        match command:
            case FreezeRun():
                return _freeze(carrier, known, command, state)
            case ApproveRun():
                return _approve(command, state)
            case DiscardRun():
                return _discard(command, state)
            case ReserveFunds():
                return _reserve(known, command, state)
            case EmitPayout() | ConfirmPayout() | VoidPayout():
                return _move(carrier, known, command, state)

    return Decider("payout_run", NoRun(), _stream, decide, evolve)


def _stream(command: Command) -> str:
    return command.run_id


def _freeze(carrier: Carrier, known: Knowledge, command: FreezeRun, state: State) -> Decision[Event]:
    asked = manifest_of(command.run_id, command.items)
    if not isinstance(state, NoRun):
        same = state.plan.asked == asked
        return () if same else Refusal("run_reused", f"{command.run_id} was frozen with other items")
    fault = _items_fault(carrier, command.items) or not_payable(known, command.items)
    if fault is not None:
        return fault
    selection = selected(carrier, known, command.items, on=command.on)
    if not selection.items:
        first = selection.left_out[0]
        return Refusal(first.code, f"nobody is left to be paid: {first.payment_id} is {first.code}")
    return (
        RunFrozen(
            run_id=command.run_id,
            items=selection.items,
            left_out=selection.left_out,
            asked=asked,
            manifest=manifest_of(command.run_id, selection.items),
            total=total([item.amount for item in selection.items], carrier.currency),
            frozen_by=command.frozen_by,
            cut_off=command.cut_off,
            on=command.on,
            at=command.at,
        ),
    )


def _items_fault(carrier: Carrier, items: tuple[PayoutItem, ...]) -> Refusal | None:
    if not items:
        return Refusal("empty_run", "a run pays somebody")
    if len({item.payment_id for item in items}) != len(items):
        return Refusal("payment_twice", "a payment is in the run twice")
    for item in items:
        if item.amount.currency != carrier.currency:
            return Refusal("wrong_currency", f"{carrier.name} pays {carrier.currency}, not {item.amount.currency}")
        if item.amount.minor <= 0:
            return Refusal("not_positive", f"a payment is more than nothing, not {item.amount}")
    return None


def _approve(command: ApproveRun, state: State) -> Decision[Event]:
    match state:
        case Frozen(plan=plan):
            if command.approved_by == plan.frozen_by:
                return Refusal("same_person", f"{plan.frozen_by} froze the run and cannot approve it")
            if command.manifest != plan.manifest:
                return Refusal("other_manifest", "what was approved is not what was frozen")
            return (
                RunApproved(
                    run_id=command.run_id,
                    manifest=plan.manifest,
                    approved_by=command.approved_by,
                    on=command.on,
                    at=command.at,
                ),
            )
        case Approved(plan=plan) | Reserved(plan=plan) | Closed(plan=plan):
            same = command.manifest == plan.manifest
            return () if same else Refusal("other_manifest", "what was approved is not what was frozen")
        case NoRun() | Discarded():
            return _wrong(command, state)


def _discard(command: DiscardRun, state: State) -> Decision[Event]:
    match state:
        case Frozen() | Approved():
            return (RunDiscarded(run_id=command.run_id, reason=command.reason, on=command.on, at=command.at),)
        case Discarded():
            return ()
        case NoRun() | Reserved() | Closed():
            return _wrong(command, state)


def _reserve(known: Knowledge, command: ReserveFunds, state: State) -> Decision[Event]:
    match state:
        case Approved(plan=plan):
            there = available(known, command, plan.total.currency)
            if there.currency != plan.total.currency:
                return Refusal("wrong_currency", f"{plan.total} cannot be paid out of {there}")
            if there.minor < plan.total.minor:
                return Refusal("insufficient_prefunding", f"{plan.total} is to be paid and {there} is there")
            return (
                FundsReserved(
                    run_id=command.run_id,
                    amount=plan.total,
                    on=command.on,
                    at=command.at,
                    fund_id=command.fund_id,
                ),
            )
        case Reserved() | Closed():
            return ()
        case NoRun() | Frozen() | Discarded():
            return _wrong(command, state)


def _move(
    carrier: Carrier, known: Knowledge, command: EmitPayout | ConfirmPayout | VoidPayout, state: State
) -> Decision[Event]:
    if not isinstance(state, Reserved | Closed):
        return _wrong(command, state)
    for place, item in enumerate(state.plan.items):
        if item.payment_id == command.payment_id:
            unpayable = unsendable(carrier, known, item, on=command.on) if isinstance(command, EmitPayout) else None
            return _moved(command, state, place, item, unpayable=unpayable)
    return Refusal("not_in_run", f"{command.payment_id} is not in {command.run_id}")


def _moved(
    command: EmitPayout | ConfirmPayout | VoidPayout,
    state: Reserved | Closed,
    place: int,
    item: PayoutItem,
    *,
    unpayable: Refusal | None,
) -> Decision[Event]:
    step = state.steps[place]
    match command:
        case EmitPayout() if step != "frozen":
            return ()
        case EmitPayout() if command.at > state.plan.cut_off:
            return Refusal("after_cut_off", f"the run could be paid until {state.plan.cut_off.isoformat()}")
        case EmitPayout():
            return unpayable or (
                PayoutEmitted(
                    run_id=command.run_id,
                    item=item,
                    instruction_id=instruction_id(command.run_id, item.payment_id),
                    on=command.on,
                    at=command.at,
                ),
            )
        case ConfirmPayout() if step == "emitted":
            posted = PayoutPosted(
                run_id=command.run_id, item=item, on=command.on, at=command.at, endorsed_by=command.endorsed_by
            )
            return (posted, *_closed(command, state, place, "posted"))
        case VoidPayout(cause=cause) if step == ("emitted" if cause == "refused_by_bank" else "frozen"):
            void = PayoutVoided(
                run_id=command.run_id, item=item, reason=command.reason, on=command.on, at=command.at, cause=cause
            )
            return (void, *_closed(command, state, place, "void"))
        case ConfirmPayout() if step == "posted":
            return ()
        case VoidPayout() if step == "void":
            return ()
        case ConfirmPayout() | VoidPayout():
            return Refusal("wrong_step", f"{type(command).__name__} is not possible: {item.payment_id} is {step}")


def _closed(
    command: ConfirmPayout | VoidPayout, state: Reserved | Closed, place: int, step: Step
) -> tuple[RunClosed, ...]:
    """The end of the run, if this was its last item."""
    after = Reserved(state.plan, _stepped(state.steps, place, step))
    if not set(after.steps) <= {"posted", "void"}:
        return ()
    found = sums(after)
    return (
        RunClosed(
            run_id=command.run_id,
            posted=found["posted"],
            voided=found["void"],
            on=command.on,
            at=command.at,
            fund_id=state.fund_id,
        ),
    )


def _stepped(steps: tuple[Step, ...], place: int, step: Step) -> tuple[Step, ...]:
    return (*steps[:place], step, *steps[place + 1 :])


def _wrong(command: Command, state: State) -> Refusal:
    return Refusal("wrong_state", f"{type(command).__name__} is not possible when the run is {type(state).__name__}")


def evolve(state: State, event: Event) -> State:
    match event:
        case RunFrozen():
            return Frozen(
                Plan(
                    items=event.items,
                    left_out=event.left_out,
                    asked=event.asked,
                    manifest=event.manifest,
                    total=event.total,
                    frozen_by=event.frozen_by,
                    cut_off=event.cut_off,
                )
            )
        case _ if isinstance(state, NoRun):
            return state
        case RunApproved():
            return Approved(state.plan)
        case RunDiscarded():
            return Discarded(state.plan)
        case FundsReserved():
            return Reserved(state.plan, ("frozen",) * len(state.plan.items), event.fund_id)
        case PayoutEmitted(item=item):
            return _with(state, item, "emitted")
        case PayoutPosted(item=item):
            return _with(state, item, "posted")
        case PayoutVoided(item=item):
            return _with(state, item, "void")
        case RunClosed():
            return Closed(state.plan, state.steps, state.fund_id) if isinstance(state, Reserved) else state
        case _:
            assert_never(event)


def _with(state: State, item: PayoutItem, step: Step) -> State:
    if not isinstance(state, Reserved) or item not in state.plan.items:
        return state
    return replace(state, steps=_stepped(state.steps, state.plan.items.index(item), step))
