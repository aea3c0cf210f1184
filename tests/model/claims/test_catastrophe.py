"""A catastrophe: its declaration, which claims belong to it, and the report by code."""

from datetime import datetime, timedelta
from functools import reduce
from itertools import permutations
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from fixtures.histories import DWELLING, LANDFALL, NOTICE, at, history, insured, play, usd
from fixtures.jurisdictions import florida
from model.claims import loss_register
from model.claims.catastrophe import (
    Catastrophe,
    CatastropheDeclared,
    CatastropheRevised,
    Command,
    DeclareCatastrophe,
    ReviseCatastrophe,
    State,
    decider,
    evolve,
)
from model.claims.commands import CloseClaim, ReportClaim, SetReserve, TagCatastrophe, VerifyCoverage
from model.claims.file import Notice, Tag
from model.claims.following import FOLLOWERS
from model.claims.notice import OF_NONE
from model.claims.tagging import by_catastrophe, catastrophe_of, mismatch
from model.core import Core, Recorded
from model.decider import Refusal
from model.invariants import Violation, outside_catastrophe, untagged
from model.published.seen import claim_view

LAW, CARRIER = florida()
MACHINE = decider(CARRIER)
HOURS = timedelta(hours=12)
STORM = Catastrophe(
    "2641", "Storm", LANDFALL - HOURS, LANDFALL + HOURS, ("FL/Monroe", "GA"), ("hurricane", "wind"), hours_clause=72
)
ABOUT: dict[str, Any] = {"on": NOTICE, "at": at(NOTICE)}
MATCHED = Tag("2641", "matched")


def changed(**fields) -> Catastrophe:
    return replace(STORM, **fields)


def declare(catastrophe: Catastrophe) -> DeclareCatastrophe:
    return DeclareCatastrophe(catastrophe=catastrophe, **ABOUT)


BEFORE: Any = Recorded(
    "claims", "catastrophe", "2641", 1, CatastropheDeclared(catastrophe=STORM, **ABOUT), MACHINE.initial
)
DECLARED: Any = MACHINE.decide(declare(STORM), MACHINE.initial)
STATES = {"Undeclared": MACHINE.initial, "Declared": reduce(evolve, DECLARED, MACHINE.initial)}
COMMANDS = {
    "DeclareCatastrophe": declare(STORM),
    "DeclareCatastrophe(other)": declare(changed(name="Gale")),
    "DeclareCatastrophe(code)": declare(changed(code="2610")),
    "DeclareCatastrophe(words)": declare(changed(code="26-1")),
    "DeclareCatastrophe(year)": declare(changed(code="2541")),
    "DeclareCatastrophe(window)": declare(changed(ends_at=STORM.starts_at)),
    "DeclareCatastrophe(endless)": declare(changed(ends_at=STORM.starts_at + timedelta(days=366, seconds=1))),
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
DeclareCatastrophe(endless)  window_too_long       window_too_long
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


def revise(core: Core, **fields) -> Catastrophe:
    revised = changed(**fields)
    accepted(core.submit(ReviseCatastrophe(catastrophe=revised, **ABOUT)))
    return revised


def accepted(decision: Any) -> tuple[Any, ...]:
    assert not isinstance(decision, Refusal), decision
    return decision


def untagged_claims(core: Core) -> list[str]:
    """The claims that break INV-C8: tagged with what they do not fit, or not with what they do."""
    declared = core.declared_catastrophes()
    views: Any = [claim_view(claim_id, core.claim(claim_id)) for claim_id in core.claims.states]
    wrong = [untagged(view, declared) or next((v for one in declared if (v := outside_catastrophe(view, one))), None)
             for view in views]  # fmt: skip
    return [one.subject for one in wrong if one is not None]


def tags(core: Core) -> dict[str, Tag | None]:
    states: Any = core.claims.states
    return {claim_id: state.notice.tag for claim_id, state in states.items()}


def test_a_late_declaration_tags_the_claims_that_are_there_and_tagging_again_changes_nothing(stormy):
    core: Core = stormy
    core.submit(CloseClaim(claim_id="C-1", **ABOUT))
    accepted(core.submit(declare(STORM)))

    assert tags(core) == {"C-1": MATCHED, "C-2": None, "C-3": MATCHED}
    sequences = dict(core.claims.sequences)
    follow = FOLLOWERS[CatastropheDeclared]
    assert follow(core, CatastropheDeclared(catastrophe=STORM, **ABOUT), BEFORE) == ()
    assert core.submit(declare(STORM)) == ()
    assert core.claims.sequences == sequences
    assert untagged_claims(core) == []


def test_a_notice_after_the_declaration_is_tagged_with_it():
    core = Core(*florida())
    core.submit(declare(changed(code="2650")))
    core.submit(declare(STORM))
    reported(core, "C-1")
    reported(core, "C-2", "fire")
    reported(core, "C-3", county="Dade")

    assert tags(core) == {"C-1": MATCHED, "C-2": None, "C-3": None}
    assert untagged_claims(core) == []


def test_a_revision_tags_what_it_comes_to_embrace_and_lets_go_what_it_no_longer_does(stormy):
    core: Core = stormy
    reported(core, "C-4", "wind", "Dade")
    core.submit(declare(STORM))
    revise(core, areas=("FL/Dade",))
    assert tags(core) == {"C-1": OF_NONE, "C-2": None, "C-3": OF_NONE, "C-4": MATCHED}
    assert untagged_claims(core) == []

    revise(core, areas=("FL",), perils=("hurricane", "wind", "fire"))
    assert tags(core) == dict.fromkeys(("C-1", "C-2", "C-3", "C-4"), MATCHED)
    revise(core, starts_at=LANDFALL + timedelta(days=40), ends_at=LANDFALL + timedelta(days=41))
    assert tags(core) == dict.fromkeys(("C-1", "C-2", "C-3", "C-4"), OF_NONE)
    assert untagged_claims(core) == []


def test_a_tag_that_still_fits_stays_and_one_that_does_not_moves_to_what_fits(stormy):
    core: Core = stormy
    core.submit(declare(STORM))
    core.submit(declare(changed(code="2640")))
    assert tags(core)["C-1"] == MATCHED

    revise(core, areas=("GA",))
    assert tags(core) == {"C-1": Tag("2640", "matched"), "C-2": None, "C-3": Tag("2640", "matched")}
    assert untagged_claims(core) == []


@pytest.mark.parametrize("loss_at", [STORM.starts_at, STORM.ends_at - timedelta(seconds=1), STORM.ends_at])
@pytest.mark.parametrize("number", range(7))
def test_every_page_of_every_day_of_the_window_is_read(loss_at, number):
    core = Core(*florida())
    report = ReportClaim(
        claim_id=f"C-{number}", policy_id="", claimant_id="I", cause="wind", loss_at=loss_at, intake="web", state="GA",
        **ABOUT,
    )  # fmt: skip
    core.submit(report)
    core.submit(declare(STORM))

    assert untagged_claims(core) == []


def test_a_follower_that_forgets_pages_is_found(stormy, monkeypatch):
    """INV-C8, and that it can fail: claims that stand on a page which nobody reads are missed."""
    core: Core = stormy
    monkeypatch.setattr(loss_register, "PAGES", 1)
    core.submit(declare(STORM))

    assert untagged_claims(core) == ["C-1", "C-3"]


def test_a_tag_that_is_never_taken_off_is_found(stormy, monkeypatch):
    """INV-C8, the other half, by a follower that reads the revised catastrophe alone."""
    core: Core = stormy
    core.submit(declare(STORM))
    monkeypatch.setitem(core._consequences, CatastropheRevised, (None, None, lambda *_: ()))
    revise(core, areas=("FL/Dade",))

    assert untagged_claims(core) == ["C-1", "C-3"]


def test_every_loss_stands_on_one_page_once_in_whatever_order_it_was_noted():
    machine = loss_register.decider()
    notes = [
        loss_register.NoteLoss(claim_id=claim_id, loss_at=LANDFALL, state="FL", **ABOUT) for claim_id in ("B", "C", "A")
    ]

    def page(order: Any) -> Any:
        state: Any = machine.initial
        for note in order:
            state = reduce(machine.evolve, accepted(machine.decide(note, state)), state)
        return state

    assert {page(order).claims for order in permutations([*notes, *notes[:1]])} == {("A", "B", "C")}
    assert machine.decide(notes[0], page(notes)) == ()
    assert all(machine.stream(note) in set(loss_register.pages_of(STORM)) for note in notes)


def test_a_person_decides_over_any_match(stormy):
    core: Core = stormy
    core.submit(TagCatastrophe(claim_id="C-1", catastrophe=None, basis="override", **ABOUT))
    core.submit(TagCatastrophe(claim_id="C-2", catastrophe=STORM, basis="override", **ABOUT))
    core.submit(declare(STORM))
    revise(core, areas=("FL",))

    assert tags(core) == {"C-1": Tag("", "override"), "C-2": Tag("2641", "override"), "C-3": Tag("2641", "matched")}


def test_the_report_by_code_adds_up_to_everything(stormy):
    core: Core = stormy
    core.submit(SetReserve(claim_id="C-1", line=DWELLING, amount=usd("20000.00"), **ABOUT))
    core.submit(declare(STORM))
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
    core.submit(declare(STORM))
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


@pytest.mark.parametrize(("days", "answer"), [(30, "CatastropheDeclared"), (29, "window_too_long")])
def test_how_long_a_catastrophe_may_last_is_the_carriers_choice(answered, days, answer):
    choosing = replace(CARRIER, claims=replace(CARRIER.claims, catastrophe_longest_days=days))
    long = changed(ends_at=STORM.starts_at + timedelta(days=30))

    assert answered(decider(choosing).decide(declare(long), MACHINE.initial)) == answer
