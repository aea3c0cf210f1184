"""Every invariant of claims can fail: each is broken on purpose in one story, and found by its own name."""

from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import LANDFALL
from model.claims import commands as ask
from model.claims import events
from model.claims.settlement import DeductibleLedger, Valuation
from model.decider import Refusal
from model.invariants import above_aggregate, unauthorised
from model.published.seen import claim_view
from tests.model.claims.judging import CARRIER, LINES, POLICIES, STORM, Claims, faults, usd


def story(claims: Claims) -> None:
    """A history that touches everything: paid in parts, stopped and issued again, recovered, tagged, closed."""

    def submit(kind: Any, /, **what) -> None:
        decision = claims.core.submit(kind(**what, **claims.about("C-1")))
        assert not isinstance(decision, Refusal), decision

    line, about = LINES[0], {"line": LINES[0], "payee_id": "I", "by": "ann"}
    submit(ask.ReportClaim, policy_id="P-000001", claimant_id="I", cause="hurricane", loss_at=LANDFALL, intake="web",
           state="FL", county="Monroe")  # fmt: skip
    submit(ask.TagCatastrophe, catastrophe=STORM, basis="matched")
    submit(ask.VerifyCoverage, coverage="dwelling", policy=POLICIES[1])
    submit(ask.SetReserve, line=line, amount=usd(2_000_000))
    submit(ask.SettleLoss, exposure=1, valuation=Valuation(usd(1_600_000), usd(0), usd(0)))
    submit(ask.RequestPayment, payment_id="PAY-1", amount=usd(400_000), kind="partial", role="adjuster", **about)
    submit(ask.ConfirmPayment, payment_id="PAY-1")
    submit(ask.StopCheque, payment_id="PAY-1", reason="lost")
    submit(ask.ReissueCheque, payment_id="PAY-1", new_payment_id="PAY-2")
    submit(ask.ConfirmPayment, payment_id="PAY-2")
    submit(ask.RequestPayment, payment_id="PAY-3", amount=usd(600_000), kind="final", role="adjuster", **about)
    submit(ask.ConfirmPayment, payment_id="PAY-3")
    submit(ask.StaleDateCheque, payment_id="PAY-3")
    submit(ask.ReceiveRecovery, recovery_id="R", line=line, category="subrogation", amount=usd(500_000),
           expense=usd(0))  # fmt: skip
    submit(ask.SetReserve, line=line, amount=usd(100_000))
    submit(ask.CloseClaim)


def with_line(state: Any, **minor: int) -> Any:
    """The first line off by so many minor units."""
    line = state.lines[0]
    changed = replace(line, **{name: getattr(line, name) + more for name, more in minor.items()})
    return replace(state, lines=(changed, *state.lines[1:]))


def with_payment(state: Any, number: int, **fields) -> Any:
    payments = list(state.payments)
    payments[number] = replace(payments[number], **fields)
    return replace(state, payments=tuple(payments))


def with_exposure(state: Any, **fields) -> Any:
    return replace(state, exposures=(replace(state.exposures[0], **fields),))


def settled_for(state: Any, first: int) -> Any:
    return with_exposure(state, settlement=replace(state.exposures[0].settlement, first=usd(first)))


DEFECTS: dict[str, tuple[Any, Any]] = {
    "INV-C1": (events.PaymentRequested, lambda state, event: with_line(state, pending=10_000_000)),
    "INV-C2": (events.PaymentIssued, lambda state, event: with_line(state, paid=-1)),
    "INV-C3": (events.LossSettled, lambda state, event: replace(state, deductible=DeductibleLedger(1, 600_000))),
    "INV-C4": (events.PaymentIssued, lambda state, event: settled_for(state, 300_000)),
    "INV-C5": (events.PaymentReissued, lambda state, event: with_payment(state, 0, status="stopped")),
    "INV-C6": (events.ClaimClosed, lambda state, event: with_line(state, open=1)),
    "INV-C7": (events.RecoveryReceived, lambda state, event: replace(
        state, recoveries=(replace(state.recoveries[0], received=500_001),))),
    "INV-C8": (events.CatastropheTagged, lambda state, event: replace(
        state, notice=replace(state.notice, county="Dade"))),
    "INV-C9": (events.PaymentRequested, lambda state, event: with_payment(state, -1, approved_by="ann")),
    "ledger loss_reserve": (events.PaymentStopped, lambda state, event: with_line(state, open=-1)),
    "ledger unclaimed_property": (events.PaymentStaleDated, lambda state, event: with_payment(
        state, -1, status="issued")),
}  # fmt: skip


@pytest.mark.parametrize("code", DEFECTS)
def test_a_planted_defect_is_found_by_its_own_invariant(code):
    kind, spoil = DEFECTS[code]
    claims = Claims()
    evolve: Any = claims.core.claims.evolve

    def spoiled(state: Any, event: Any) -> Any:
        after = evolve(state, event)
        return spoil(after, event) if isinstance(event, kind) else after

    claims.core.claims.evolve = spoiled
    found: list[str] = []
    submit = claims.core.submit

    def judged_after(command: Any, **more) -> Any:
        decision = submit(command, **more)
        found.extend(faults(claims))
        return decision

    claims.core.submit = judged_after
    try:
        story(claims)
    except (AssertionError, AttributeError):
        assert found, "the defect stopped the story before anything was seen of it"
    assert any(one.startswith(code) for one in found), found[:3]


def test_the_same_story_without_a_defect_is_clean():
    claims = Claims()
    story(claims)

    assert faults(claims) == []


def test_an_authority_that_nobody_asked_is_found():
    """INV-C9, the other half: above what the role of who asked may pay, and approved by nobody."""
    claims = Claims()
    story(claims)
    view: Any = claim_view("C-1", claims.core.claim("C-1"))

    assert unauthorised(CARRIER, view, view.payments[0], "adjuster") is None
    assert unauthorised(
        CARRIER, view, replace(view.payments[0], amount=replace(view.payments[0].amount, amount="25000.01")), "adjuster"
    )
    assert unauthorised(CARRIER, view, view.payments[0], "visitor")


def test_an_aggregate_that_was_exceeded_is_found():
    """INV-C3 over all claims of a policy."""
    claims = Claims()
    story(claims)

    view: Any = claim_view("C-1", claims.core.claim("C-1"))

    assert above_aggregate("P-000001", "dwelling", 1_000_000, [view]) is None
    assert above_aggregate("P-000001", "dwelling", 999_999, [view])
    assert above_aggregate("P-000001", "dwelling", 1_000_000, [view, view])


def test_an_aggregate_that_forgets_what_was_taken_is_found():
    claims = Claims()
    claims.core.aggregates.evolve = lambda state, event: state
    story(claims)

    assert any(fault.startswith("INV-C3 0 are kept") for fault in faults(claims))


def test_what_happened_twice_is_found():
    """A machine that forgets what it was asked."""
    claims = Claims()
    claims.core.claims.evolve = lambda state, event: state
    command = ask.ReportClaim(
        policy_id="P", claimant_id="I", cause="fire", loss_at=LANDFALL, intake="web", **claims.about("C-1")
    )

    with pytest.raises(AssertionError, match="happened twice"):
        claims.submit(command)
