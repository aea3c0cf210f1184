"""What must hold of payment runs and of the reconciliation."""

from collections.abc import Iterator, Mapping

from model.invariants.judging import Violation
from model.payments import payout_states, reconciliation
from model.payments.payout_states import Closed, Reserved, sums
from model.payments.reconciliation_summary import summed, unbalanced


def unreconciled(ledger: Mapping[str, int], entries: Mapping[str, reconciliation.State]) -> Iterator[Violation]:
    """INV-Y5: every cash line of the ledger (minor units by entry id) is matched, expected or an exception, and
    together they are what the ledger has. An entry that the ledger does not know is too many.
    """
    for entry_id in unbalanced(ledger, entries):
        yield Violation("INV-Y5", entry_id, f"the ledger has {ledger[entry_id]} and no entry stands for it")
    for entry_id, entry in entries.items():
        if isinstance(entry, reconciliation.Entry) and entry_id not in ledger:
            yield Violation("INV-Y5", entry_id, f"{entry.expectation.amount} are expected that no ledger line has")
    edited = any(isinstance(entry, reconciliation.Entry) and entry.archived for entry in entries.values())
    total, wanted = summed(entries.values()).total, sum(ledger.values())
    if total != wanted and not edited:
        yield Violation("INV-Y5", "all entries", f"{total} minor units in all heaps, {wanted} in the ledger")


def run_out_of_balance(run_id: str, run: payout_states.State) -> Iterator[Violation]:
    """INV-Y6: what was posted, voided, emitted and not emitted yet is together what was reserved, each item in one
    step; a closed run has nothing left to do.
    """
    if not isinstance(run, Reserved | Closed):
        return
    if len(run.steps) != len(run.plan.items):
        yield Violation("INV-Y6", run_id, f"{len(run.plan.items)} items are in {len(run.steps)} steps")
        return
    found = {step: amount.minor for step, amount in sums(run).items()}
    if sum(found.values()) != run.plan.total.minor:
        text = f"{sum(found.values())} minor units in all steps, {run.plan.total.minor} were reserved"
        yield Violation("INV-Y6", run_id, text)
    if isinstance(run, Closed) and found.get("frozen", 0) + found.get("emitted", 0):
        yield Violation("INV-Y6", run_id, "closed with items that are neither posted nor void")
