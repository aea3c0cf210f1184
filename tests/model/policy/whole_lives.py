"""Random lives of a policy under moratoria that come and go, heard of by claims late, twice and in any order: every
invariant of a policy at once.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import reduce
from random import Random
from types import MappingProxyType
from typing import Any, cast

from hypothesis import strategies as st
from hypothesis.stateful import initialize

from fixtures.histories import END, START
from model.claims import known_policy
from model.claims.reactions import REACTIONS, insured_policy_of
from model.decider import Refusal
from model.invariants import decided_otherwise
from model.invariants.policy_steps import (
    cancelled_to_the_cent,
    done_although_suspended,
    noticed_too_late,
    ordered_otherwise,
    reinstated_otherwise,
    remembered_otherwise,
    split_otherwise,
)
from model.policy import commands as ask
from model.policy import events as happened
from model.policy import moratorium
from model.policy.moratorium import DeclareMoratorium, EndMoratorium, Moratorium, Suspended, declared
from model.policy.period import decider
from model.policy.states import Cancelled, Expired, InForce, PendingCancel, periods
from model.published.events import EVENT_TYPES
from model.published.policy_projection import policy_snapshot
from model.published.projection import projectors
from model.reaction import Delivery
from tests.model.policy.lives import CARRIERS, LAW, PolicyLife

HEARING = {reaction.event_type: reaction for reaction in REACTIONS}
OPERATIONS: tuple[Any, ...] = ("bind", "change", "renew", "notice", "cancel", "cancel_by_insured", "nonrenew")
INSTANTS = 3


class Orders:
    """The moratoria that were declared so far."""

    def __init__(self) -> None:
        self.known: dict[str, moratorium.State] = {}

    @property
    def states(self) -> Mapping[str, object]:
        return MappingProxyType(self.known)

    def submit(self, stream: str, command: Any) -> None:
        state = self.known.get(stream, moratorium.Undeclared())
        answer = moratorium.decide(command, state)
        if not isinstance(answer, Refusal):
            self.known[stream] = reduce(moratorium.evolve, answer, state)


class WholeLife(PolicyLife):
    def told(self, envelopes: list[Any], _dice: Random) -> list[Any]:
        """What reaches claims: a planted defect of the way there lies here."""
        return envelopes

    def heard_by_the_machine(self) -> Any:
        return self.orders

    @initialize(carrier=st.sampled_from(CARRIERS))
    def begin(self, carrier):
        self.orders = Orders()
        self.published: list[Any] = []
        self.project = projectors(carrier)
        self.asked: Any = None
        super().begin(carrier)
        self.machine = decider(LAW, carrier, self.heard_by_the_machine())

    def ask_something(self, step):
        super().ask_something(step)
        if step.minor % 19:
            return
        dice, today = Random(step.minor), self.at.date()
        stream = f"M{dice.randint(1, 2)}"
        if stream in self.orders.known:
            self.orders.submit(stream, EndMoratorium(moratorium_id=stream, on=today, at=self.at))
        else:
            answer: Any = dice.choice(["hold", "refuse"])
            suspended = tuple(Suspended(one, answer) for one in dice.sample(OPERATIONS, 3))
            order = Moratorium(stream, ("FL",), (), (), today, None, suspended, dice.choice([(), ("nonpayment",)]))
            self.orders.submit(stream, DeclareMoratorium(moratorium=order, on=today, at=self.at))
            # What is asked under a new order is asked at once, or it would be over before anybody asked.
            self.submit(ask.GiveNotice(policy_id="P", on=today, at=self.at, reason="nonpayment", mailed_on=today))
            self.submit(ask.CancelPolicy(policy_id="P", on=today, at=self.at, reason="insured_request"))
        self.submit(ask.ReleaseHeld(policy_id="P", on=today, at=self.at))

    def submit(self, command):
        self.asked = command
        super().submit(command)

    def become(self, before, event):
        after = super().become(before, event)
        project = self.project.get(type(event))
        if project is not None:
            self.published.append((project(event), Delivery("", event.on, event.at, sequence=len(self.published) + 1,
                                                            recorded=event.at)))  # fmt: skip
        return after

    # --- what must hold

    def of_this_decision(self, before, events) -> dict[str, str]:
        found = super().of_this_decision(before, events)
        seen: list[Any] = []
        for stood, event in zip(self.stood, events, strict=True):
            if isinstance(event, happened.PolicyCancelled) and isinstance(self.state, Cancelled):
                self.ended = stood.period
                seen.append(
                    cancelled_to_the_cent(self.carrier, "P", event, before=stood.period, after=self.state.period)
                )
            if isinstance(event, happened.PolicyReinstated) and event.on == event.cancelled_on:
                seen.append(reinstated_otherwise("P", before=self.ended, after=self.state.period))
            if isinstance(event, happened.NoticeGiven):
                given = getattr(self.state, "notice", event)
                seen.append(noticed_too_late(LAW, self.carrier, before.terms, given))
        orders = declared(self.orders.states)
        if orders and hasattr(before, "terms"):
            seen.append(done_although_suspended(orders, before.terms, events, on=self.asked.on))
        return found | {one.code: one.text for one in seen if one is not None}

    def of_the_policy(self) -> dict[str, str]:
        found = super().of_the_policy()
        seen: list[Any] = []
        if isinstance(self.state, InForce | PendingCancel | Cancelled | Expired):
            for period in periods(self.state):
                seen.append(ordered_otherwise(self.carrier, "P", period))
                seen.append(split_otherwise(self.carrier, "P", period))
            past = {key: version for key, version in self.known.items() if key[1] < self.at}
            seen.append(remembered_otherwise("P", self.state, past))
            seen.extend(self.claims_decides_otherwise())
        return found | {one.code: one.text for one in seen if one is not None}

    def claims_decides_otherwise(self) -> list[Any]:
        """INV-P10, however late, doubled and out of order claims hears."""
        dice = Random(len(self.published))
        heard = [*self.published, *dice.choices(self.published, k=2)]
        dice.shuffle(heard)
        state: Any = known_policy.Untold()
        for data, delivery in self.told(heard, dice):
            reaction = HEARING.get(EVENT_TYPES[type(data)])
            for command in reaction.commands(data, delivery) if reaction else ():
                answer: Any = known_policy.decide(cast("known_policy.Command", command), state)
                state = reduce(known_policy.evolve, answer, state)
        told = state.policy if isinstance(state, known_policy.Known) else None
        asked = insured_policy_of(policy_snapshot(self.carrier, "P", self.state))
        edges = [asked.start, asked.end, asked.cancelled_on or START, *(gap.start for gap in asked.gaps)]
        days = [*edges, *(START + timedelta(days=dice.randint(0, 2 * (END - START).days)) for _ in range(INSTANTS))]
        instants = [datetime(day.year, day.month, day.day, hour, tzinfo=UTC) for day in days for hour in (1, 16)]
        return [
            decided_otherwise("P", asked=asked, told=told, loss_at=instant, coverage="dwelling") for instant in instants
        ]
