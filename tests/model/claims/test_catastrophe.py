"""A catastrophe: its declaration, which claims belong to it, and the report by code."""

from datetime import date, datetime, timedelta
from functools import reduce
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from fixtures.histories import DWELLING, LANDFALL, NOTICE, at, history, insured, play, usd
from fixtures.jurisdictions import florida
from model.claims.catastrophe import (
    Catastrophe,
    Command,
    DeclareCatastrophe,
    ReviseCatastrophe,
    State,
    decider,
    evolve,
)
from model.claims.commands import ReportClaim, SetReserve, TagCatastrophe, VerifyCoverage
from model.claims.file import Notice, Tag
from model.claims.tagging import by_catastrophe, catastrophe_of, mismatch, retro_tags
from model.core import Core
from model.invariants import Violation, outside_catastrophe
from model.published.seen import claim_view

MACHINE = decider()
HOURS = timedelta(hours=12)
STORM = Catastrophe(
    "2641", "Storm", LANDFALL - HOURS, LANDFALL + HOURS, ("FL/Monroe", "GA"), ("hurricane", "wind"), hours_clause=72
)
ABOUT: dict[str, Any] = {"on": NOTICE, "at": at(NOTICE)}


def changed(**fields) -> Catastrophe:
    return replace(STORM, **fields)


def declare(catastrophe: Catastrophe) -> DeclareCatastrophe:
    return DeclareCatastrophe(catastrophe=catastrophe, **ABOUT)


DECLARED: Any = MACHINE.decide(declare(STORM), MACHINE.initial)
STATES = {"Undeclared": MACHINE.initial, "Declared": reduce(evolve, DECLARED, MACHINE.initial)}
COMMANDS = {
    "DeclareCatastrophe": declare(STORM),
    "DeclareCatastrophe(other)": declare(changed(name="Gale")),
    "DeclareCatastrophe(code)": declare(changed(code="2610")),
    "DeclareCatastrophe(words)": declare(changed(code="26-1")),
    "DeclareCatastrophe(year)": declare(changed(code="2541")),
    "DeclareCatastrophe(window)": declare(changed(ends_at=STORM.starts_at)),
    "DeclareCatastrophe(nowhere)": declare(changed(areas=())),
    "ReviseCatastrophe": ReviseCatastrophe(catastrophe=changed(areas=("FL",)), **ABOUT),
    "ReviseCatastrophe(same)": ReviseCatastrophe(catastrophe=STORM, **ABOUT),
    "ReviseCatastrophe(no_peril)": ReviseCatastrophe(catastrophe=changed(perils=()), **ABOUT),
}
TABLE = """
#                            Undeclared            Declared
DeclareCatastrophe           CatastropheDeclared   -
DeclareCatastrophe(other)    CatastropheDeclared   catastrophe_code_reused
DeclareCatastrophe(code)     bad_catastrophe_code  bad_catastrophe_code
DeclareCatastrophe(words)    bad_catastrophe_code  bad_catastrophe_code
DeclareCatastrophe(year)     bad_catastrophe_code  bad_catastrophe_code
DeclareCatastrophe(window)   empty_window          empty_window
DeclareCatastrophe(nowhere)  no_area_or_peril      no_area_or_peril
ReviseCatastrophe            wrong_state           CatastropheRevised
ReviseCatastrophe(same)      wrong_state           -
ReviseCatastrophe(no_peril)  no_area_or_peril      no_area_or_peril
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_command_and_every_state():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(Command))
    assert {type(state) for state in STATES.values()} == set(get_args(State))


# --- who belongs to it


def notice(**fields) -> Notice:
    told = Notice("P", "I", "hurricane", LANDFALL, "phone", NOTICE, state="FL", county="Monroe")
    return replace(told, **fields)


@pytest.mark.parametrize(
    ("fields", "fits"),
    [
        ({}, True),
        ({"loss_at": STORM.starts_at}, True),
        ({"loss_at": STORM.ends_at}, False),
        ({"loss_at": STORM.starts_at - timedelta(seconds=1)}, False),
        ({"county": "Dade"}, False),
        ({"state": "GA", "county": "Glynn"}, True),
        ({"state": "", "county": ""}, False),
        ({"cause": "wind"}, True),
        ({"cause": "fire"}, False),
    ],
)
def test_a_loss_belongs_to_a_catastrophe_by_window_area_and_peril(fields, fits):
    assert (mismatch(STORM, notice(**fields)) is None) is fits


def test_of_two_that_fit_the_first_by_code_counts():
    other = changed(code="2640")

    assert catastrophe_of([STORM, other], notice()) == other
    assert catastrophe_of([STORM], notice(cause="fire")) is None


# --- tagging in a core


def reported(core: Core, claim_id: str, cause: Any = "hurricane", county: str = "Monroe") -> None:
    told: dict[str, Any] = {
        "policy_id": "P-000001", "claimant_id": "I", "loss_at": LANDFALL, "intake": "web", "state": "FL",
    }  # fmt: skip
    core.submit(ReportClaim(claim_id=claim_id, cause=cause, county=county, **told, **ABOUT))


@pytest.fixture
def stormy(core: Core) -> Core:
    """Three claims before anybody declared anything; two of them of the storm."""
    for claim_id, cause, county in (
        ("C-1", "hurricane", "Monroe"),
        ("C-2", "fire", "Monroe"),
        ("C-3", "wind", "Monroe"),
    ):
        reported(core, claim_id, cause, county)
    core.submit(VerifyCoverage(claim_id="C-1", coverage="dwelling", policy=insured(1), **ABOUT))
    return core


def tag(core: Core, catastrophe: Catastrophe, on: date = NOTICE) -> list[Any]:
    claims: Any = core.claims.states.items()
    return [core.submit(command) for command in retro_tags(catastrophe, claims, on=on, at=at(on))]


def tags(core: Core) -> dict[str, Tag | None]:
    states: Any = core.claims.states
    return {claim_id: state.notice.tag for claim_id, state in states.items()}


def test_a_late_declaration_tags_the_claims_that_are_there_and_tagging_again_changes_nothing(stormy):
    core: Core = stormy
    core.submit(declare(STORM))

    assert all(tag(core, STORM))
    matched = Tag("2641", "matched")
    assert tags(core) == {"C-1": matched, "C-2": None, "C-3": matched}
    assert tag(core, STORM) == [(), ()]


def test_a_person_decides_over_any_match(stormy):
    core: Core = stormy
    core.submit(TagCatastrophe(claim_id="C-1", catastrophe=None, basis="override", **ABOUT))
    core.submit(TagCatastrophe(claim_id="C-2", catastrophe=STORM, basis="override", **ABOUT))
    tag(core, STORM)

    assert tags(core) == {"C-1": Tag("", "override"), "C-2": Tag("2641", "override"), "C-3": Tag("2641", "matched")}


def test_the_report_by_code_adds_up_to_everything(stormy):
    core: Core = stormy
    core.submit(SetReserve(claim_id="C-1", line=DWELLING, amount=usd("20000.00"), **ABOUT))
    tag(core, STORM)
    states: Any = core.claims.states.values()
    by_code = by_catastrophe(states)

    assert {code: (tally.claims, tally.incurred) for code, tally in by_code.items()} == {
        "2641": (2, 2000000),
        "": (1, 0),
    }
    assert sum(tally.claims for tally in by_code.values()) == len(core.claims.states)


def test_a_tag_that_does_not_fit_is_a_violation_unless_somebody_said_so(stormy):
    """INV-C8, and that it can fail."""
    core: Core = stormy
    tag(core, STORM)
    view: Any = claim_view("C-1", core.claim("C-1"))

    assert outside_catastrophe(view, STORM) is None
    moved = changed(areas=("TX",))
    assert isinstance(outside_catastrophe(view, moved), Violation)
    assert outside_catastrophe(replace(view, catastrophe_basis="override"), moved) is None
    assert outside_catastrophe(replace(view, catastrophe="2699"), moved) is None


def test_a_core_keeps_catastrophes(core):
    core.submit(declare(STORM))

    assert core.catastrophe("2641").catastrophe == STORM
    assert core.catastrophe("2642") == MACHINE.initial


def test_a_claim_of_todays_histories_has_no_tag():
    core = Core(*florida())
    play(core, history("a claim reported"))

    assert tags(core) == {"C-000001": None}
    assert isinstance(LANDFALL, datetime)
