"""Random histories of the claims context: whatever is asked, in whatever order, what must hold of claims holds.

Commands, good and bad, go through the core with its books; after every step the views of all claims are judged, the
ledger is compared with them, and what was accepted is asked again and must change nothing.
"""

import os
from datetime import date, timedelta
from itertools import product
from typing import Any, get_args

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from msgspec.structs import replace

from fixtures.histories import LANDFALL, NOTICE, at, insured
from fixtures.jurisdictions import florida
from model.books import Books
from model.claims import commands as ask
from model.claims import events
from model.claims.catastrophe import Catastrophe, DeclareCatastrophe, ReviseCatastrophe
from model.claims.limits import LimitLedger
from model.claims.reserve import LineKey
from model.claims.settlement import DeductibleLedger, Valuation
from model.claims.tagging import by_catastrophe
from model.claims.vocabulary import PENDING
from model.core import Core
from model.decider import Refusal
from model.invariants import CLAIM_INVARIANTS, above_aggregate, judged, outside_catastrophe, unauthorised, untagged
from model.money import Money
from model.published.seen import claim_view

HISTORIES = 1000 if os.environ.get("CI") else 150
"""A thousand in a pipeline, fewer while somebody waits."""
LAW, CARRIER = florida()
POLICIES = {number: insured(number) for number in (1, 2)}
HOURS = timedelta(hours=12)
STORM = Catastrophe("2641", "Storm", LANDFALL - HOURS, LANDFALL + HOURS, ("FL/Monroe",), ("hurricane", "wind"))
MOVED = replace(STORM, areas=("FL/Dade",))
LINES = (
    LineKey(1, "claim_cost", "dwelling"),
    LineKey(2, "claim_cost", "contents"),
    LineKey(1, "allocated_expense", "adjuster"),
)
ROLES = (("", "claims_system"), ("ann", "adjuster"), ("bob", "supervisor"), ("cat", "claims_manager"))
LOST_ON = LANDFALL.date()
AGGREGATE = 40_000_000


def usd(minor: int) -> Money:
    return Money(minor, "USD")


REACHED: set[type] = set()


class Claims:
    """A core with its books, the aggregate limit of its policy, and who asked for which payment in which role."""

    def __init__(self) -> None:
        self.core = Core(LAW, CARRIER)
        self.books = Books(CARRIER)
        self.core.observers.append(self.books)
        self.core.observers.append(self._hear)
        self.core.observers.append(lambda recorded: REACHED.add(type(recorded.event)))
        self.ledger = LimitLedger("USD", "by_date_of_loss", None, None, AGGREGATE)
        self.roles: dict[str, str] = {}
        self.day = 0

    def about(self, claim_id: str) -> dict[str, Any]:
        day = NOTICE + timedelta(days=self.day)
        return {"claim_id": claim_id, "on": day, "at": at(day)}

    def submit(self, command: Any) -> Any:
        """Asks, and asks again: what was accepted once must not happen twice."""
        decision = self.core.submit(command)
        if not isinstance(decision, Refusal) and decision:
            again = self.core.submit(command)
            assert isinstance(again, Refusal) or again == (), f"{command} happened twice"
        return decision

    def _hear(self, recorded: Any) -> None:
        event = recorded.event
        match event:
            case events.PaymentHeld() | events.PaymentRequested():
                if event.line.cost_type == "claim_cost":
                    taken: Any = self.ledger.taking(
                        event.payment_id, event.amount, claim_id=event.claim_id, person_id=event.payee_id,
                        loss_on=LOST_ON, paid_on=event.on,
                    )  # fmt: skip
                    assert not isinstance(taken, Refusal), taken
                    self.ledger = taken
            case events.PaymentFailed() | events.PaymentDenied() | events.PaymentStopped() | events.PaymentVoided():
                self.ledger = self.ledger.giving_back(event.payment_id)
            case events.PaymentReissued(held="for_payee"):
                self.ledger = self.ledger.giving_back(event.payment_id)
            case _:
                pass


def faults(claims: Claims) -> list[str]:
    """Everything that is wrong, by code."""
    found: list[str] = []
    opened = incurred = stale = 0
    states: Any = claims.core.claims.states
    declared = claims.core.declared_catastrophes()
    for claim_id, state in states.items():
        view = claim_view(claim_id, state)
        assert view is not None
        found.extend(f"{one.code} {one}" for one in judged(CLAIM_INVARIANTS, claim_id, view))
        wrong = [outside_catastrophe(view, one) for one in declared or (STORM,)]
        wrong.append(untagged(view, declared) if declared else None)
        for payment in view.payments or ():
            role = claims.roles.get(payment.payment_id)
            wrong.append(unauthorised(CARRIER, view, payment, role) if role else None)
        found.extend(f"{one.code} {one}" for one in wrong if one is not None)
        for line in getattr(state, "lines", ()):
            opened += line.open
            incurred += line.incurred
        stale += sum(p.amount.minor for p in getattr(state, "payments", ()) if p.status == "stale_dated")
    over = above_aggregate("P-000001", claims.ledger)
    found.extend([f"INV-C3 {over}"] if over else [])
    balances = claims.books.ledger.balances
    wanted = {"loss_reserve": -opened, "incurred_loss": incurred, "unclaimed_property": -stale}
    for account, minor in wanted.items():
        if balances.get((account, "USD"), 0) != minor:
            found.append(f"ledger {account} is {balances.get((account, 'USD'), 0)}, the claims say {minor}")
    if sum(balances.values()):
        found.append(f"ledger is out of balance by {sum(balances.values())}")
    tallies = by_catastrophe(states.values())
    if sum(tally.claims for tally in tallies.values()) != len(states):
        found.append(f"INV-C8 {tallies} do not add up to {len(states)} claims")
    return found


CLAIM = st.sampled_from(["C-1", "C-1", "C-1", "C-2", "C-2", "C-3"])
LINE = st.sampled_from((LINES[0], LINES[0], LINES[1], LINES[2]))
CENTS = st.sampled_from([0, 1, 100_000, 999_999, 2_600_000, 5_000_000, 29_000_000])
PAID_CENTS = st.sampled_from([0, 1, 100_000, 100_000, 999_999, 2_600_000])
PICK = st.integers(0, 3)
CHEQUES = (
    ask.ClearCheque, ask.StopCheque, ask.VoidCheque, ask.StaleDateCheque, ask.EscheatCheque, ask.ReissueCheque,
)  # fmt: skip


LIVES: tuple[tuple[Any, ...], ...] = (
    *((one,) for one in CHEQUES),
    (ask.StaleDateCheque, ask.EscheatCheque),
    (ask.StaleDateCheque, ask.ReissueCheque),
    (ask.StopCheque, ask.ReissueCheque),
    (ask.VoidCheque, ask.ReissueCheque),
    (ask.ClearCheque, ask.StopCheque),
)
NO_CHEQUE: tuple[tuple[Any, dict[str, str]], ...] = (
    (ask.FailPayment, {"reason": "account closed"}),
    (ask.DenyPayment, {"by": "bob", "reason": "no photo"}),
)
NOTES = (
    (ask.AcknowledgeClaim, {}),
    (ask.RecordRepair, {}),
    (ask.RecordProofOfLoss, {}),
    (ask.RecordInspection, {"exposure": 1, "estimate": usd(2_000_000)}),
    (ask.RecordMilestone, {"milestone": "more_time_letter"}),
    (ask.RecordCommunication, {"communication_id": "L-1", "sender": "claimant"}),
    (ask.AnswerCommunication, {"communication_id": "L-1"}),
    (ask.CompleteTask, {"task": "contact", "result": "spoke"}),
    (ask.LinkNotice, {"other_claim_id": "C-1"}),
    (ask.AttachPolicy, {"policy_id": "P-000002"}),
)


class History(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.told()

    def told(self) -> None:
        self.claims = Claims()
        causes = {"C-1": "hurricane", "C-2": "fire", "C-3": "wind"}
        for claim, cause in causes.items():
            self.submit(ask.ReportClaim, claim, policy_id="P-000001", claimant_id="I", cause=cause,
                        loss_at=LANDFALL, intake="web", state="FL", county="Monroe")  # fmt: skip
        # The first claim is ready to be paid, the second is covered, of the third nobody knows anything yet.
        for claim in ("C-1", "C-2"):
            self.submit(ask.VerifyCoverage, claim, coverage="dwelling", policy=POLICIES[1])
        self.expose("C-1", 1)
        for line in LINES:
            self.submit(ask.SetReserve, "C-1", line=line, amount=usd(5_000_000))
        self.pay("C-1", LINES[0], 100_000, ROLES[3], "V-1", "partial", "confirm")

    def picked(self, claim: str, pick: int) -> str:
        """One of the payments of a claim, or an id that is none."""
        payments: Any = getattr(self.claims.core.claim(claim), "payments", ())
        return payments[pick % len(payments)].payment_id if payments else "PAY-0"

    def submit(self, kind: Any, claim_id: str, /, **what) -> Any:
        return self.claims.submit(kind(**what, **self.claims.about(claim_id)))

    def left(self, claim: str) -> int:
        """What the policy's aggregate limit still has, in minor units."""
        left = self.claims.ledger.left(claim_id=claim, person_id="I", loss_on=LOST_ON, paid_on=NOTICE)
        return left or 0

    @rule(claim=CLAIM, policy=st.sampled_from([1, 1, 1, 2, None]), coverage=st.sampled_from(["dwelling", "flood"]))
    def verify(self, claim, policy, coverage):
        known = POLICIES[policy] if policy else None
        self.submit(ask.VerifyCoverage, claim, coverage=coverage, policy=known)

    @rule(claim=CLAIM, incident=st.sampled_from([0, 1, 1, 2]))
    def expose(self, claim, incident):
        self.submit(ask.AddIncident, claim, kind="property", text="furniture")
        self.submit(
            ask.OpenExposure, claim, claimant_id="I", coverage="contents", incident=incident, policy=POLICIES[1]
        )

    @rule(claim=CLAIM, cancelled=st.booleans())
    def reverify(self, claim, cancelled):
        policy = replace(POLICIES[1], cancelled_on=date(2026, 9, 1)) if cancelled else POLICIES[1]
        self.submit(ask.ReverifyCoverage, claim, exposure=1, policy=policy)

    @rule(claim=CLAIM, line=LINE, cents=CENTS, who=st.sampled_from(ROLES))
    def reserve(self, claim, line, cents, who):
        self.submit(ask.SetReserve, claim, line=line, amount=usd(cents), role=who[1])

    @rule(claim=CLAIM, exposure=st.integers(1, 2), cents=CENTS, falling=st.sampled_from([0, 1, 3]), spent=st.booleans())
    def settle(self, claim, exposure, cents, falling, spent):
        value = Valuation(usd(cents), usd(cents * falling // 4), usd(0), usd(cents) if spent else None)
        self.submit(ask.SettleLoss, claim, exposure=exposure, valuation=value)

    @rule(claim=CLAIM, line=LINE, cents=PAID_CENTS, who=st.sampled_from(ROLES), invoice=st.sampled_from(["", "", "V-1"]),
          kind=st.sampled_from(["partial", "final", "supplemental"]), then=st.sampled_from(["wait", "confirm"]))  # fmt: skip
    def pay(self, claim, line, cents, who, invoice, kind, then):
        payment_id = f"{claim}-{len(self.claims.roles)}"
        self.claims.roles[payment_id] = who[1]
        decision = self.submit(
            ask.RequestPayment, claim, payment_id=payment_id, line=line, amount=usd(cents), kind=kind, payee_id="I",
            by=who[0], role=who[1], aggregate_left=usd(self.left(claim)), invoice=invoice,
        )  # fmt: skip
        if then == "confirm" and not isinstance(decision, Refusal):
            self.submit(ask.ConfirmPayment, claim, payment_id=payment_id)

    @rule(claim=CLAIM, pick=PICK, who=st.sampled_from(ROLES), approves=st.booleans())
    def consent(self, claim, pick, who, approves):
        if approves:
            self.submit(ask.ApprovePayment, claim, payment_id=self.picked(claim, pick), by=who[0], role=who[1])
        else:
            self.submit(ask.DenyPayment, claim, payment_id=self.picked(claim, pick), by=who[0], reason="no photo")

    @rule(claim=CLAIM, pick=PICK, fails=st.sampled_from([False, False, True]))
    def resolve(self, claim, pick, fails):
        if fails:
            self.submit(ask.FailPayment, claim, payment_id=self.picked(claim, pick), reason="account closed")
        else:
            self.submit(ask.ConfirmPayment, claim, payment_id=self.picked(claim, pick))

    @rule(claim=CLAIM, pick=st.sampled_from([3, 2, 1, 0]), number=st.integers(0, 999_983))
    def cheque(self, claim, pick, number):
        payments: Any = getattr(self.claims.core.claim(claim), "payments", ())
        out = [one.payment_id for one in payments if one.status not in (*PENDING, "failed", "denied")]
        # Mostly a cheque that is out; now and then whatever comes, which may be no cheque at all.
        payment_id = out[pick % len(out)] if out and pick else self.picked(claim, pick)
        # A wide number spreads evenly over the lives; a choice of a few keeps to its favourites within an example.
        for kind in LIVES[number % len(LIVES)]:
            self.one_act(claim, payment_id, kind)

    def one_act(self, claim: str, payment_id: str, kind: Any) -> None:
        more: dict[str, Any] = {"reason": "lost"} if kind in (ask.StopCheque, ask.VoidCheque) else {}
        if kind is ask.ReissueCheque:
            more = {"new_payment_id": f"{payment_id}-again", "aggregate_left": usd(self.left(claim))}
        claim_before: Any = self.claims.core.claim(claim)
        before = {line.key: line for line in getattr(claim_before, "lines", ())}
        decision = self.submit(kind, claim, payment_id=payment_id, **more)
        if "reason" in more and not isinstance(decision, Refusal) and decision:
            [payment] = [one for one in claim_before.payments if one.payment_id == payment_id]
            claim_after: Any = self.claims.core.claim(claim)
            [after] = [line for line in claim_after.lines if line.key == payment.line]
            back = after.open - before[payment.line].open
            assert back == payment.erodes + payment.released, "INV-C5"
            assert before[payment.line].paid - after.paid == payment.amount.minor, "INV-C5"

    @rule(claim=CLAIM, line=LINE, cents=CENTS, number=st.integers(1, 4), category=st.sampled_from(["subrogation", "salvage"]),
          comes=st.booleans())  # fmt: skip
    def recover(self, claim, line, cents, number, category, comes):
        what: dict[str, Any] = {"line": line, "category": category, "amount": usd(cents)}
        if comes:
            self.submit(ask.ReceiveRecovery, claim, recovery_id=f"R-{number}", expense=usd(cents // 10), **what)
        else:
            self.submit(ask.SetRecoveryReserve, claim, **what)

    @rule(storm=st.sampled_from([STORM, MOVED]), by_hand=st.sampled_from([None, None, "C-1", "C-2"]))
    def tag(self, storm, by_hand):
        if by_hand:
            self.submit(ask.TagCatastrophe, by_hand, catastrophe=STORM, basis="override")
            return
        about = self.claims.about("")
        for kind in (DeclareCatastrophe, ReviseCatastrophe):
            self.claims.submit(kind(catastrophe=storm, on=about["on"], at=about["at"]))

    @rule(claim=CLAIM, reopens=st.booleans(), exposure=st.integers(0, 2))
    def close(self, claim, reopens, exposure):
        paid = sum(line.paid for line in getattr(self.claims.core.claim(claim), "lines", ()))
        if reopens:
            self.submit(ask.ReopenClaim, claim, reason="new estimate")
        elif exposure:
            self.submit(ask.CloseExposure, claim, exposure=exposure)
        else:
            self.submit(ask.CloseClaim, claim)
        assert sum(line.paid for line in getattr(self.claims.core.claim(claim), "lines", ())) == paid, "INV-C6"

    @rule(claim=CLAIM, what=st.sampled_from(NOTES))
    def note(self, claim, what):
        kind, more = what
        self.submit(kind, claim, **more)

    @rule(days=st.integers(1, 60))
    def wait(self, days):
        self.claims.day += days

    @invariant()
    def nothing_is_wrong(self):
        if hasattr(self, "claims"):
            assert faults(self.claims) == []


def test_whatever_is_asked_of_claims_what_must_hold_holds():
    """And everything that can happen to a claim of this carrier happened, who blocks what looks paid twice: chance does
    not bring every end of a payment in a few hundred histories, so that each is lived once on purpose.
    """
    REACHED.clear()
    run_state_machine_as_test(
        History,
        settings=settings(
            max_examples=HISTORIES, stateful_step_count=40, derandomize=True, deadline=None, database=None
        ),
    )

    for life in LIVES:
        lived = History()
        lived.told()
        for kind in life:
            lived.one_act("C-1", "C-1-0", kind)
            lived.nothing_is_wrong()

    for who, (kind, more) in product((ROLES[1], ROLES[3]), NO_CHEQUE):
        asked = History()
        asked.told()
        asked.pay("C-1", LINES[0], 200_000, who, "", "partial", "wait")
        asked.submit(kind, "C-1", payment_id="C-1-1", **more)
        asked.nothing_is_wrong()

    noted = History()
    noted.told()
    for what in NOTES:
        noted.note("C-1", what)
        noted.nothing_is_wrong()

    assert set(get_args(events.Event)) - {events.DuplicateSuspected} <= REACHED


# --- every invariant can fail


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

    assert above_aggregate("P-000001", claims.ledger) is None
    assert above_aggregate("P-000001", replace(claims.ledger, aggregate=999_999))


def test_what_happened_twice_is_found():
    """A machine that forgets what it was asked."""
    claims = Claims()
    claims.core.claims.evolve = lambda state, event: state
    command = ask.ReportClaim(
        policy_id="P", claimant_id="I", cause="fire", loss_at=LANDFALL, intake="web", **claims.about("C-1")
    )

    with pytest.raises(AssertionError, match="happened twice"):
        claims.submit(command)
