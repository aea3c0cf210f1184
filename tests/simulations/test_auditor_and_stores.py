"""What the auditor believes after a storm is what the stores differ by, compared from outside and to the cent."""

import re
from typing import TypeVar, get_args

import pytest

from model.billing.account import Account
from model.claims import file
from model.core import Core
from model.payments import intent
from model.policy import period
from simulations.auditor import Kind
from simulations.control import SETTLED_AFTER
from simulations.engine import DAY, HOUR
from simulations.measures import drifted

K = TypeVar("K")


def differences(core: Core) -> dict[tuple[Kind, str], int]:
    """Every store held against the other at the end, by nothing but their contents: cents that the first has more."""
    found: dict[tuple[Kind, str], int] = {}
    found.update(charges_that_differ(core))
    found.update(collections_that_differ(core))
    found.update(drafts_that_differ(core))
    found.update(payouts_that_differ(core))
    return {key: minor for key, minor in found.items() if minor}


def accounts(core: Core) -> dict[str, Account]:
    return {name: state for name, state in core.accounts.states.items() if isinstance(state, Account)}


def orders(core: Core, *states: type[intent.State]) -> list[intent.Order]:
    """What intents in one of these states are for."""
    return [
        state.order
        for state in core.intents.states.values()
        if isinstance(state, states) and not isinstance(state, intent.NoIntent)
    ]


def charges_that_differ(core: Core) -> dict[tuple[Kind, str], int]:
    """Premium written less premium returned, against what accounts were told to charge and to credit."""
    more = dict[tuple[Kind, str], int]()
    for name, state in core.policies.states.items():
        if isinstance(state, (period.InForce, period.Cancelled, period.Expired)):
            returned = state.returned if isinstance(state, period.Cancelled) else ()
            more["charges", name] = sum(charge.amount.minor for charge in (*state.terms.charges, *returned))
    for account in accounts(core).values():
        for instruction in account.instructions:
            more["charges", instruction.policy_id] -= sum(charge.amount.minor for charge in instruction.charges)
    return more


def collections_that_differ(core: Core) -> dict[tuple[Kind, str], int]:
    """Money that stays collected, against payments on accounts that are not those of the book's own past."""
    more = dict[tuple[Kind, str], int]()
    for order in orders(core, intent.Succeeded):
        if order.purpose == "collection":
            add(more, ("collections", order.subject), order.amount.minor)
    for name, account in accounts(core).items():
        for payment in account.payments:
            if payment.status == "received" and re.sub(r"~\d+$", "", payment.payment_id) in core.intents.states:
                add(more, ("collections", name), -payment.amount.minor)
    return more


def drafts_that_differ(core: Core) -> dict[tuple[Kind, str], int]:
    """Invoices that fell due under autopay, against the intents for each of them. What was never drafted may have been
    paid since by money for another invoice, and bear a fee for that money's return.
    """
    more = dict[tuple[Kind, str], int]()
    started = dict[str, list[int]]()
    for order in orders(core, intent.Processing, intent.Unknown, intent.Succeeded, intent.Failed, intent.Returned):
        started.setdefault(f"{order.subject}-{order.reference}", []).append(order.amount.minor)
    for name, account in accounts(core).items():
        paid_before = {payment.payment_id for payment in account.payments} - set(core.intents.states)
        returned = [payment.parts for payment in account.payments if payment.status == "returned" and payment.parts]
        for invoice in account.invoices:
            draft = f"{name}-{invoice.number}"
            if account.autopay == "on" and invoice.step in ("due", "past_due") and draft not in paid_before:
                fees = [min(part.invoice for part in parts) for parts in returned].count(invoice.number)
                planned = invoice.items[: len(invoice.items) - fees]
                amounts = started.get(draft, [])
                more["drafts", draft] = (
                    -sum(amounts[1:]) if amounts else sum(item.amount - item.credited for item in planned)
                )
    return more


def payouts_that_differ(core: Core) -> dict[tuple[Kind, str], int]:
    """Claim payments against the intents for each of them, and what came of these against what claims thinks."""
    more = dict[tuple[Kind, str], int]()
    started = dict[str, int]()
    for order in orders(core, intent.Processing, intent.Unknown, intent.Succeeded, intent.Failed):
        if order.purpose == "payout":
            add(started, order.reference, order.amount.minor)
    left = {order.reference for order in orders(core, intent.Succeeded)}
    failed = {order.reference for order in orders(core, intent.Failed)} - left
    for state in core.claims.states.values():
        for payment in state.payments if isinstance(state, (file.Open, file.Closed)) else ():
            name, amount = payment.payment_id, payment.amount.minor
            more["payouts", name] = amount - started.get(name, 0)
            more["payout_bookings", name] = amount if name in left and payment.status != "issued" else 0
            more["payout_failures", name] = amount if name in failed and payment.status != "failed" else 0
    return more


def add(sums: dict[K, int], key: K, minor: int) -> None:
    sums[key] = sums.get(key, 0) + minor


STORMS: dict[str, dict[str, object]] = {
    "an outage and no desk to mend": {"reconciliation_clerks": 0},
    "an outage and a desk": {},
    "many messages twice": {"duplicate_share": 0.1, "fault": "none"},
    "both, and banks that say no": {
        "duplicate_share": 0.05, "payment_failure_share": 0.15, "return_share": 0.1, "outage_hours": 40.0,
        "reconciliation_clerks": 0,
    },
    "an outage while claims are paid": {
        "claim_share": 0.5, "outage_starts_day": 20.0, "outage_hours": 96.0, "payment_failure_share": 0.3,
        "reconciliation_clerks": 0,
    },
    "a topic without its protections": {
        "topology": "events", "outbox": "off", "inbox": "off", "duplicate_share": 0.05, "outage_hours": 40.0,
        "reconciliation_clerks": 0,
    },
    "a topic with them": {"topology": "events", "duplicate_share": 0.1, "outage_hours": 40.0},
}  # fmt: skip


@pytest.mark.parametrize("name", STORMS)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_drift_of_a_storm_is_what_the_stores_differ_by_to_the_cent(storm, name: str, seed: int) -> None:
    finished, run = storm(
        policies=600, seed=seed, horizon_days=60, monthly_share=0.62, mortgagee_share=0.12, **STORMS[name]
    )
    host = finished.host
    in_the_stores = differences(host.core)
    believed = host.auditor.standing(older_than=host.clock.tick)
    assert in_the_stores == {(one.kind, one.entity): one.minor for one in believed}
    rows = {
        (row["kind"], row["entity"]): row
        for row in run.frames.drift.iter_rows(named=True)
        if row["repaired_at"] is None
    }
    for key, minor in in_the_stores.items():
        if key in rows:
            assert rows.pop(key)["minor"] == minor
        else:
            (young,) = [one for one in believed if (one.kind, one.entity) == key]
            assert young.at > host.clock.tick - SETTLED_AFTER, f"{key} is not on its way any more"
    assert rows == {}, "no drift that the stores do not know of"


def test_the_comparison_of_the_stores_meets_every_kind_of_drift_in_one_storm_or_another(storm) -> None:
    met = set[str]()
    for seed in (1, 2):
        for parameters in STORMS.values():
            run = storm(
                policies=600, seed=seed, horizon_days=60, monthly_share=0.62, mortgagee_share=0.12, **parameters
            ).run
            met |= set(run.frames.drift["kind"])
    assert met == set(get_args(Kind))


def test_the_controls_find_and_mend_and_every_row_says_when(storm) -> None:
    finished, run = storm(policies=600, horizon_days=60, outage_hours=40.0)
    rows = run.frames.drift.to_dicts()
    assert [row["cause"] for row in rows].count("lost") > 5
    end = finished.host.clock.tick
    for row in rows:
        if row["found_at"] is None:
            assert row["at"] > end - DAY - SETTLED_AFTER, row
            continue
        assert row["found_at"] % DAY == 6 * HOUR
        assert row["at"] + SETTLED_AFTER <= row["found_at"] < row["at"] + SETTLED_AFTER + DAY
        if row["repaired_at"] is not None:
            assert row["found_at"] < row["repaired_at"]
            assert 8 * HOUR <= row["repaired_at"] % DAY <= 18 * HOUR + HOUR
    assert all(row["repaired_at"] is not None for row in rows if row["cause"] == "lost")
    assert len(drifted(finished)) == len(rows)
