"""The claims floor: what people do with a claim from the first call to the last payment, one story per claim.

    notice -> intake -> coverage -> triage -> adjuster -> inspection -> documents -> settlement -> contractor -> closed

Some of it waits for people of ours (intake, triage, adjusters), some for others whom no staffing of ours makes faster
(documents, contractors, banks). Small losses go straight through; what is under the deductible closes unpaid.
"""

from datetime import date, datetime, timedelta
from typing import Literal, cast

from simpy import Event
from simpy.events import ProcessGenerator

from fixtures.variates import Variates
from model.claims import commands
from model.claims import events as claims
from model.claims.coverage import InsuredCoverage, InsuredPolicy
from model.claims.file import Open
from model.claims.reactions import insured_policy_of
from model.claims.settlement import deductible_for, payable
from model.claims.vocabulary import Intake
from model.money import Money
from simulations.adjusters import Adjuster
from simulations.book import DWELLING, policy_id
from simulations.catastrophe_scenario import CatastropheScenario
from simulations.claim_payments import LINE, ClaimPayments
from simulations.claims_staff import ClaimsStaff
from simulations.engine import DAY, HOUR, MINUTE, SECOND
from simulations.host import Host
from simulations.journeys import Journeys
from simulations.levels import Daily
from simulations.losses import LOSS_AT_HOUR, Losses, claim_id

Stage = Literal["intake", "triage", "assignment", "inspection", "documents", "settlement", "contractor", "payment"]
STAGES: tuple[Stage, ...] = (
    "intake", "triage", "assignment", "inspection", "documents", "settlement", "contractor", "payment",
)  # fmt: skip

ASK_AGAIN_AFTER = 15 * MINUTE


class ClaimsFloor:
    """Runs the story of every claim in `losses`."""

    def __init__(
        self,
        host: Host,
        scenario: CatastropheScenario,
        losses: Losses,
        variates: Variates,
        journeys: Journeys,
        daily: Daily,
    ) -> None:
        self._host = host
        self._clock = host.clock
        self._scenario = scenario
        self._losses = losses
        self._variates = variates
        self._journeys = journeys
        self._daily = daily
        self.untouched = 0
        self.closed = 0
        self._proofs: dict[int, Event] = {}
        self.staff = ClaimsStaff(host.clock, scenario, variates)
        self._payments = ClaimPayments(host, losses, journeys, daily)
        host.listen(claims.ClaimClosed, self._was_closed)
        for number in range(len(losses)):
            self._clock.process(self._story(number))

    # --- one claim

    def _story(self, number: int) -> ProcessGenerator:
        yield self._clock.timeout(int(self._losses.notice[number]))
        claim = claim_id(number)
        self._journeys.start("fnol_to_assignment", claim, self._clock.tick)
        self._journeys.start("notice_to_first_payment", claim, self._clock.tick)
        intake = yield from self._taken_in(number)
        self._enter("triage", leaving="intake")
        yield from self._coverage_verified(number)
        state = self._host.core.claim(claim)
        if not isinstance(state, Open):
            self._leave("triage")
            return
        covered = state.exposures[0].coverage
        due = payable(self._loss(number), deductible_for(covered, "hurricane"), covered.limit)
        self._clock.call_in(self._days("claim.documents", number, "documents_days"), self._proof_of_loss, number)
        if self._goes_straight_through(number, intake, due):
            self.untouched += 1
            yield from self._straight_through(number, due)
            return
        yield from self.staff.routed(number)
        yield from self._adjusted(number, covered, due)

    def _taken_in(self, number: int) -> ProcessGenerator:
        """The notice reaches us by phone, web or agent; returns which."""
        self._enter("intake")
        scenario = self._scenario
        draw = self._variates.uniform("notice.intake", number)
        intake: Intake = "agent"
        if draw < scenario.phone_share:
            intake = "phone"
            yield from self.staff.called(number)
        elif draw < scenario.phone_share + scenario.web_share:
            intake = "web"
        else:
            hours = self._variates.exponential("agent.delay", number, mean=scenario.agent_delay_hours_mean)
            yield self._clock.timeout(int(hours * HOUR) + MINUTE)
        self._report(number, intake)
        return intake

    def _report(self, number: int, intake: Intake) -> None:
        claim, (on, at) = claim_id(number), self._now()
        loss_at = at - timedelta(microseconds=self._clock.tick - LOSS_AT_HOUR * HOUR)
        policy = policy_id(int(self._losses.policy[number]))
        self._host.submit(
            commands.ReportClaim(
                claim_id=claim,
                policy_id=policy,
                claimant_id=f"I{policy[1:]}",
                cause="hurricane",
                loss_at=loss_at,
                intake=intake,
                on=on,
                at=at,
            )
        )
        self._daily.count("reported", self._clock.tick)
        self._daily.count("open", self._clock.tick)
        # Phone and web confirm on the spot; what an agent passed on is acknowledged by the clerk who routes it.
        if intake != "agent":
            self._host.submit(commands.AcknowledgeClaim(claim_id=claim, on=on, at=at))

    def _coverage_verified(self, number: int) -> ProcessGenerator:
        policy = yield from self._policy_found(number)
        while policy is None:
            # The notice is kept, and somebody looks for its policy every day.
            self._verify(number, None)
            yield self._clock.timeout(DAY)
            policy = yield from self._policy_found(number)
        self._verify(number, policy)

    def _policy_found(self, number: int) -> ProcessGenerator:
        identity = policy_id(int(self._losses.policy[number]))
        if self._host.topology.coverage == "own_copy":
            return self._host.core.known_policy(identity)
        while self._host.channel.is_down:
            yield self._clock.timeout(ASK_AGAIN_AFTER)
        yield self._clock.timeout(SECOND // 10)
        snapshot = self._host.core.snapshot(identity)
        return insured_policy_of(snapshot) if snapshot else None

    def _verify(self, number: int, policy: InsuredPolicy | None) -> None:
        on, at = self._now()
        self._host.submit(
            commands.VerifyCoverage(claim_id=claim_id(number), coverage=DWELLING, policy=policy, on=on, at=at)
        )

    def _goes_straight_through(self, number: int, intake: Intake, due: Money) -> bool:
        small = 0 < due.minor <= self._scenario.straight_through_dollars * 100
        lucky = self._variates.uniform("claim.straight_through", number) < self._scenario.straight_through_share
        return intake == "web" and small and lucky

    def _straight_through(self, number: int, due: Money) -> ProcessGenerator:
        """Photos from the web are the inspection; the money goes out the same minute."""
        self._enter("payment", leaving="triage")
        self._journeys.end("fnol_to_assignment", claim_id(number), self._clock.tick)
        self._inspected(number, due)
        yield from self._payments.paid(number, "straight", due, "final")
        self._leave("payment")
        self._close(number)

    def _adjusted(self, number: int, covered: InsuredCoverage, due: Money) -> ProcessGenerator:
        on, at = self._now()
        self._host.submit(commands.AcknowledgeClaim(claim_id=claim_id(number), on=on, at=at))
        self._enter("assignment", leaving="triage")
        needs_visit = self._variates.uniform("claim.visit", number) >= self._scenario.desk_share
        pool = self.staff.field if needs_visit else self.staff.desk
        adjuster = yield from self.staff.assigned(pool)
        self._journeys.end("fnol_to_assignment", claim_id(number), self._clock.tick)
        self._enter("inspection", leaving="assignment")
        if needs_visit:
            yield self._clock.timeout(self._days("claim.appointment", number, "appointment_days"))
            yield from self.staff.worked(adjuster, "inspection", number, self._scenario.inspection_hours_mean)
        else:
            yield from self.staff.worked(adjuster, "inspection", number, self._scenario.desk_estimate_hours_mean)
        self._inspected(number, due)
        if due.minor:
            yield from self._settled(number, adjuster, due)
        else:
            yield from self._closed_unpaid(number, adjuster)
        pool.release(adjuster)

    def _closed_unpaid(self, number: int, adjuster: Adjuster) -> ProcessGenerator:
        """Some see at once that the loss is below the deductible; others first send what they have."""
        if self._variates.uniform("claim.contests", number) < self._scenario.contested_share:
            self._enter("documents", leaving="inspection")
            yield from self._documents(number)
            self._enter("settlement", leaving="documents")
            yield from self.staff.worked(adjuster, "settlement", number, self._scenario.settlement_hours_mean)
            self._leave("settlement")
        else:
            self._leave("inspection")
        self._close(number)

    def _settled(self, number: int, adjuster: Adjuster, due: Money) -> ProcessGenerator:
        """From the estimate to the last payment: an advance for some, the undisputed part, what was held back."""
        scenario = self._scenario
        advance = Money(0, due.currency)
        if self._variates.uniform("claim.advance", number) < scenario.advance_share:
            advance = Money(min(int(scenario.advance_dollars * 100), due.minor // 2), due.currency)
        if advance.minor:
            self._clock.process(self._payments.paid(number, "advance", advance, "partial"))
        self._enter("documents", leaving="inspection")
        yield from self._documents(number)
        self._enter("settlement", leaving="documents")
        yield from self.staff.worked(adjuster, "settlement", number, scenario.settlement_hours_mean)
        rest = due - advance
        held_back = Money(0, due.currency)
        if self._variates.uniform("claim.contractor", number) < scenario.contractor_share:
            held_back = Money(int(rest.minor * scenario.held_back_share), due.currency)
        if held_back.minor:
            self._clock.process(self._payments.paid(number, "first", rest - held_back, "partial"))
            self._enter("contractor", leaving="settlement")
            yield self._clock.timeout(self._days("claim.contractor_days", number, "contractor_days"))
            yield from self.staff.worked(adjuster, "final", number, scenario.settlement_hours_mean)
            self._enter("payment", leaving="contractor")
        else:
            self._enter("payment", leaving="settlement")
        yield from self._payments.paid(number, "last", held_back if held_back.minor else rest, "final")
        yield from self._payments.all_paid(number)
        self._leave("payment")
        self._close(number)

    def _documents(self, number: int) -> ProcessGenerator:
        state = self._host.core.claim(claim_id(number))
        if isinstance(state, Open) and state.notice.proof_on is None:
            event = self._proofs[number] = self._clock.event()
            yield event

    # --- what happens to a claim

    def _proof_of_loss(self, number: int) -> None:
        on, at = self._now()
        self._host.submit(commands.RecordProofOfLoss(claim_id=claim_id(number), on=on, at=at))
        waiting = self._proofs.pop(number, None)
        if waiting is not None:
            waiting.succeed()

    def _inspected(self, number: int, due: Money) -> None:
        claim, (on, at) = claim_id(number), self._now()
        self._host.submit(
            commands.RecordInspection(claim_id=claim, exposure=1, estimate=self._loss(number), on=on, at=at)
        )
        self._host.submit(commands.SetReserve(claim_id=claim, line=LINE, amount=due, on=on, at=at))

    def _close(self, number: int) -> None:
        on, at = self._now()
        self._host.submit(commands.CloseClaim(claim_id=claim_id(number), on=on, at=at))

    def _was_closed(self, event: claims.ClaimClosed) -> None:
        self.closed += 1
        self._daily.count("closed", self._clock.tick)
        self._daily.count("open", self._clock.tick, -1)
        if event.outcome != "paid":
            self._daily.count("closed_unpaid", self._clock.tick)

    # --- small things

    def _enter(self, stage: Stage, *, leaving: Stage | None = None) -> None:
        self._daily.count(f"backlog_{stage}", self._clock.tick)
        if leaving is not None:
            self._leave(leaving)

    def _leave(self, stage: Stage) -> None:
        self._daily.count(f"backlog_{stage}", self._clock.tick, -1)

    def _loss(self, number: int) -> Money:
        return Money(int(self._losses.loss_minor[number]), "USD")

    def _days(
        self, purpose: str, number: int, wait: Literal["appointment_days", "documents_days", "contractor_days"]
    ) -> int:
        """A wait that no staff of ours shortens, in ticks."""
        mean = cast("float", getattr(self._scenario, f"{wait}_mean"))
        cv = cast("float", getattr(self._scenario, f"{wait}_cv"))
        return int(self._variates.lognormal(purpose, number, mean=mean, cv=cv) * DAY)

    def _now(self) -> tuple[date, datetime]:
        return self._host.today(), self._host.at()
