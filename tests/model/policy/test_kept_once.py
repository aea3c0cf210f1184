"""A renewal mostly insures what the term before it insures, and what is equal in them is kept once."""

from collections.abc import Sequence
from datetime import date

import pytest
from msgspec import Struct
from msgspec.structs import replace

from fixtures.histories import END, at, bind, issue, policy_id, quote, terms, usd
from fixtures.jurisdictions import florida
from model.core import Command, Core
from model.policy.commands import EditJob, OpenJob
from model.policy.proposals import Proposal, Renewal, Rewrite
from model.policy.states import InForce
from model.policy.terms import Charge, Coverage, Payer, Terms, like_before

RENEWED = date(2027, 4, 20)
NEXT = replace(terms(1), start=END, end=date(2028, 6, 1))
DEARER = replace(NEXT, charges=(Charge("premium", usd("9000.00")),))


def asked(kind: type[OpenJob | EditJob], proposal: Proposal, on: date = RENEWED) -> Command:
    return kind(policy_id=policy_id(1), job_id="R", proposal=proposal, on=on, at=at(on))


def proposed(commands: Sequence[Command]) -> tuple[Terms, Terms]:
    """The terms that run and those that were proposed."""
    core = Core(*florida())
    for command in (quote(1), bind(1), issue(1), *commands):
        assert isinstance(core.submit(command), tuple)
    state = core.policy(policy_id(1))
    assert isinstance(state, InForce)
    proposal = state.docket.jobs[-1].proposal
    assert isinstance(proposal, (Renewal, Rewrite))
    return state.terms, proposal.terms


def test_a_renewal_keeps_what_is_as_it_was_once():
    running, offered = proposed([asked(OpenJob, Renewal(NEXT))])

    assert offered == NEXT
    assert offered.coverages is running.coverages
    assert offered.charges is running.charges
    assert offered.payers is running.payers
    assert offered.start is running.end


def test_what_a_renewal_changes_is_its_own():
    running, offered = proposed([asked(OpenJob, Renewal(NEXT)), asked(EditJob, Renewal(DEARER))])

    assert offered == DEARER
    assert offered.coverages is running.coverages


def test_a_rewrite_keeps_what_is_as_it_was_once():
    running, offered = proposed([asked(OpenJob, Rewrite(replace(DEARER, start=date(2026, 8, 3))), date(2026, 8, 3))])

    assert offered.coverages is running.coverages
    assert offered.charges == DEARER.charges


OTHERS: dict[str, object] = {
    "account_id": "B",
    "insured_id": "J",
    "product": "landlord",
    "state": "GA",
    "zone": "America/Chicago",
    "start": date(2027, 7, 1),
    "end": date(2028, 7, 1),
    "plan": "annual",
    "autopay": "off",
    "payers": (Payer("J", "mortgagee", 1),),
    "coverages": (Coverage("contents", usd("1.00"), usd("2.00"), usd("3.00")),),
    "charges": (Charge("fee", usd("4.00")),),
    "areas": ("county:Lee",),
}


@pytest.mark.parametrize("field", Terms.__struct_fields__)
def test_terms_that_differ_in_anything_stay_as_they_are(field: str):
    other = replace(NEXT, **{field: OTHERS[field]})

    assert isinstance(other, Struct)
    assert other != NEXT
    assert like_before(terms(1), other) == other
