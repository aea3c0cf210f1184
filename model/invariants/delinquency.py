"""What must hold of the pursuit of premium on every account, and of what holds kept back."""

from itertools import chain

from model.invariants.judging import Invariant, minor
from model.published.account_views import AccountView, DelinquencyView, HoldView, ItemView

OVER = ("exited", "written_off")


def _one_process_a_target(account: AccountView) -> str | None:
    seen: set[tuple[str, int | None]] = set()
    for process in account.delinquencies or ():
        target = (process.policy_id, process.invoice)
        if process.stage not in OVER:
            if target in seen:
                return f"{process.delinquency_id} is the second process for {process.policy_id} at one time"
            seen.add(target)
    return None


def _asked_once(account: AccountView) -> str | None:
    for process in account.delinquencies or ():
        if process.cancel_requests > 1:
            return f"{process.delinquency_id} asked {process.cancel_requests} times for a cancellation"
        if process.stage == "cancel_requested" and process.cancel_requests != 1:
            return f"{process.delinquency_id} waits for a cancellation that it never asked for"
    return None


def _over_when_paid(account: AccountView) -> str | None:
    """Nothing past due means that nobody is pursued."""
    for process in account.delinquencies or ():
        if process.stage not in OVER and not _outstanding(account, process):
            return f"{process.delinquency_id} is {process.stage}, but nothing of {process.policy_id} is past due"
    return None


def _open(item: ItemView) -> int:
    written_off = 0 if item.written_off is None else minor(item.written_off)
    return minor(item.amount) - minor(item.paid) - minor(item.credited) - written_off


def _outstanding(account: AccountView, process: DelinquencyView) -> int:
    return sum(
        _open(item)
        for invoice in account.invoices or ()
        if invoice.status == "past_due" and process.invoice in (None, invoice.number)
        for item in invoice.items
        if item.policy_id == process.policy_id
    )


def _held_means_still(account: AccountView) -> str | None:
    """Nothing begins under a hold, and what had begun stands where it was before grace."""
    for process in account.delinquencies or ():
        for hold in account.holds or ():
            if "delinquency" not in hold.suspends or process.policy_id not in hold.policies:
                continue
            if hold.since < process.since and (hold.released is None or process.since < hold.released):
                return f"{process.delinquency_id} began on {process.since}, under {hold.hold_id}"
            if hold.released is None and process.stage not in (*OVER, "pre_grace"):
                return f"{process.delinquency_id} is {process.stage} under {hold.hold_id}"
    return None


def _billed_after_a_hold(account: AccountView) -> str | None:
    for hold in account.holds or ():
        kept, billed = _by_payer(hold, "skipped"), _by_payer(hold, "replanned")
        if kept != billed:
            return f"{hold.hold_id} kept {kept} minor units back by payer and billed {billed}"
        payers = [one.payer_id for one in hold.replanned]
        if hold.strategy == "one_catch_up_invoice" and len(payers) != len(set(payers)):
            return f"{hold.hold_id} was caught up on {len(payers)} invoices for {len(set(payers))} payers"
        if hold.released is None and (hold.skipped or hold.replanned):
            return f"{hold.hold_id} was caught up before it ended"
    return _emptied(account)


def _by_payer(hold: HoldView, which: str) -> dict[str, int]:
    sums: dict[str, int] = {}
    for one in hold.skipped if which == "skipped" else hold.replanned:
        sums[one.payer_id] = sums.get(one.payer_id, 0) + minor(one.amount)
    return sums


def _emptied(account: AccountView) -> str | None:
    """What was carried away is nowhere twice."""
    invoices = {invoice.number: invoice for invoice in account.invoices or ()}
    for one in chain.from_iterable(hold.skipped for hold in account.holds or ()):
        left = sum(_open(item) for item in invoices[one.invoice].items)
        if left or invoices[one.invoice].status != "carried":
            return f"invoice {one.invoice} was carried to another and still asks for {left} minor units"
    return None


_NEEDS = ("invoices", "delinquencies", "holds")
DELINQUENCY_INVARIANTS: tuple[Invariant[AccountView], ...] = (
    Invariant("INV-B10", "one process at a time pursues a target", _NEEDS, _one_process_a_target),
    Invariant("INV-B10", "a process asks for a cancellation at most once", _NEEDS, _asked_once),
    Invariant("INV-B10", "nobody is pursued who owes nothing that is past due", _NEEDS, _over_when_paid),
    Invariant("INV-B10", "nothing is pursued under a hold", _NEEDS, _held_means_still),
    Invariant(
        "INV-B14", "what is billed after a hold is what it kept back, once for each payer", _NEEDS, _billed_after_a_hold
    ),
)
