"""Random histories of the claims context: whatever is asked, in whatever order, what must hold of claims holds.

Commands, good and bad, go through the core with its books; after every step the views of all claims are judged, the
ledger is compared with them, and what was accepted is asked again and must change nothing.
"""

import os
from datetime import date
from itertools import product
from typing import Any, get_args

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from msgspec.structs import replace

from fixtures.histories import LANDFALL
from model.claims import commands as ask
from model.claims import events
from model.claims.catastrophe import DeclareCatastrophe, ReviseCatastrophe
from model.claims.settlement import Valuation
from model.claims.vocabulary import PENDING
from model.decider import Refusal
from tests.model.claims.judging import LINES, POLICIES, REACHED, STORM, Claims, faults, usd

HISTORIES = 1000 if os.environ.get("CI") else 150
"""A thousand in a pipeline, fewer while somebody waits."""
MOVED = replace(STORM, areas=("FL/Dade",))
ROLES = (("", "claims_system"), ("ann", "adjuster"), ("bob", "supervisor"), ("cat", "claims_manager"))
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
            by=who[0], role=who[1], invoice=invoice,
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
            more = {"new_payment_id": f"{payment_id}-again"}
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
