"""Notices: duplicates across intakes, tasks, links and milestones."""

from datetime import timedelta
from functools import reduce
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import INSPECTED, LANDFALL, NOTICE, PAID, at, insured
from fixtures.jurisdictions import florida
from model.claims.claim import decider, evolve
from model.claims.commands import AttachPolicy, CompleteTask, LinkNotice, RecordMilestone, ReportClaim, VerifyCoverage
from model.claims.file import Closed, Notice, reached
from model.claims.known_policy import Untold
from model.claims.notice import duplicate_candidates
from model.core import Core
from model.decider import Refusal

LAW, CARRIER = florida()
MACHINE = decider(LAW, CARRIER)
TOLD = Notice("P-1", "I", "hurricane", LANDFALL, "phone", NOTICE)
REPORT = ReportClaim(
    claim_id="C", policy_id="P-1", claimant_id="I", cause="hurricane", loss_at=LANDFALL, intake="web", on=NOTICE,
    at=at(NOTICE),
)  # fmt: skip


def asked(*commands) -> Any:
    state: Any = MACHINE.initial
    for command in commands:
        decision: Any = MACHINE.decide(command, state)
        state = reduce(evolve, decision, state)
    return state


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        ({"intake": "agent", "claimant_id": "AGENT"}, True),
        ({"loss_at": LANDFALL + timedelta(days=3)}, True),
        ({"loss_at": LANDFALL - timedelta(days=3, seconds=1)}, False),
        ({"cause": "fire"}, False),
        ({"policy_id": "P-2"}, False),
        ({"policy_id": "", "claimant_id": "I"}, True),
        ({"policy_id": "", "claimant_id": "J"}, False),
    ],
)
def test_notices_of_one_loss_are_found_across_intakes(other, alike):
    known = [("C", TOLD), ("C-2", replace(TOLD, **other))]

    assert duplicate_candidates(CARRIER, "C", TOLD, known) == (("C-2",) if alike else ())


def test_a_duplicate_is_linked_and_both_are_kept():
    link = LinkNotice(claim_id="C", other_claim_id="C-2", on=NOTICE, at=at(NOTICE))
    claim = asked(REPORT, link)

    assert claim.notice.links == ("C-2",)
    assert MACHINE.decide(link, claim) == ()


def test_a_notice_starts_the_carriers_tasks_and_waits_for_none():
    claim = asked(REPORT)

    assert [(task.name, task.done_on) for task in claim.notice.tasks] == [
        ("fraud_score", None), ("assignment", None), ("contact", None), ("documents", None),
    ]  # fmt: skip
    other = decider(LAW, replace(CARRIER, claims=replace(CARRIER.claims, tasks=())))
    decision: Any = other.decide(REPORT, other.initial)
    state: Any = reduce(evolve, decision, other.initial)
    assert state.notice.tasks == ()


def test_a_task_is_done_once_with_its_result():
    complete = CompleteTask(claim_id="C", task="contact", result="spoke", on=INSPECTED, at=at(INSPECTED))
    claim = asked(REPORT, complete)

    assert [(task.result, task.done_on) for task in claim.notice.tasks if task.name == "contact"] == [
        ("spoke", INSPECTED)
    ]
    assert MACHINE.decide(replace(complete, result="again"), claim) == ()


def test_a_milestone_is_reached_once_but_letters_are_sent_again():
    def milestone(name: Any, on) -> RecordMilestone:
        return RecordMilestone(claim_id="C", milestone=name, on=on, at=at(on))

    claim = asked(
        REPORT,
        milestone("accepted", INSPECTED),
        milestone("accepted", PAID),
        milestone("more_time_letter", INSPECTED),
        milestone("more_time_letter", INSPECTED),
        milestone("more_time_letter", PAID),
    )

    assert [(one.milestone, one.on) for one in claim.notice.reached] == [
        ("accepted", INSPECTED),
        ("more_time_letter", INSPECTED),
        ("more_time_letter", PAID),
    ]
    assert reached(claim.notice, "accepted") == INSPECTED
    assert reached(claim.notice, "estimate_made") is None


# --- found by themselves


def told(core: Core, claim_id: str, **fields) -> None:
    answer = core.submit(replace(REPORT, claim_id=claim_id, **fields))
    assert not isinstance(answer, Refusal), answer


def links(core: Core) -> dict[str, Any]:
    states: Any = core.claims.states
    return {claim_id: state.notice.links for claim_id, state in states.items()}


def unlinked(core: Core) -> set[str]:
    """Claims that look like another of their policy and lead to none of them."""
    states: Any = core.claims.states
    known = [(claim_id, state.notice) for claim_id, state in states.items() if state.notice.policy_id]
    return {
        claim_id
        for claim_id, notice in known
        if (alike := duplicate_candidates(CARRIER, claim_id, notice, known)) and not set(alike) & set(notice.links)
    }


def test_a_new_notice_is_linked_with_the_first_of_its_policy_that_may_be_the_same_loss():
    core = Core(LAW, CARRIER)
    told(core, "C-1")
    told(core, "C-2", cause="fire")
    told(core, "C-3", policy_id="P-2")
    told(core, "C-4", claimant_id="AGENT", intake="agent", loss_at=LANDFALL - timedelta(days=2))
    told(core, "C-5", intake="phone")

    assert links(core) == {"C-1": ("C-4", "C-5"), "C-2": (), "C-3": (), "C-4": ("C-1",), "C-5": ("C-1",)}
    assert unlinked(core) == set()
    told(core, "C-5", intake="phone")
    assert links(core)["C-1"] == ("C-4", "C-5")


def test_a_notice_that_finds_its_policy_later_is_linked_then():
    core = Core(LAW, CARRIER)
    told(core, "C-1")
    told(core, "C-2", policy_id="")
    assert links(core) == {"C-1": (), "C-2": ()}
    core.submit(AttachPolicy(claim_id="C-2", policy_id="P-1", on=NOTICE, at=at(NOTICE)))

    assert links(core) == {"C-1": ("C-2",), "C-2": ("C-1",)}


def test_a_claim_that_moved_to_another_policy_is_not_taken_for_one_of_the_first():
    core = Core(LAW, CARRIER)
    told(core, "C-1")
    core.submit(AttachPolicy(claim_id="C-1", policy_id="P-2", on=NOTICE, at=at(NOTICE)))
    told(core, "C-2")

    assert links(core) == {"C-1": (), "C-2": ()}


def test_a_closed_claim_is_linked_too():
    core = Core(LAW, CARRIER)
    told(core, "C-1")
    core.submit(VerifyCoverage(claim_id="C-1", coverage="flood", policy=replace(insured(1), policy_id="P-1"),
                               on=NOTICE, at=at(NOTICE)))  # fmt: skip
    told(core, "C-2")

    assert isinstance(core.claim("C-1"), Closed)
    assert links(core) == {"C-1": ("C-2",), "C-2": ("C-1",)}


def test_a_search_that_forgets_the_claims_of_a_policy_is_found(monkeypatch):
    core = Core(LAW, CARRIER)
    told(core, "C-1")
    monkeypatch.setattr(core, "told_policy", lambda policy_id: Untold())
    told(core, "C-2")

    assert unlinked(core) == {"C-1", "C-2"}
