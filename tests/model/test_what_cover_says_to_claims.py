"""What a policy's coverages say beside their amounts reaches claims and holds there: who has a right in what is
insured, what is excluded, and how long one waits. Policy writes it, claims hears of it and decides by its own copy.
"""

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import (
    BOUND,
    DWELLING,
    INSPECTED,
    LANDFALL,
    NOTICE,
    START,
    at,
    bind,
    claim_id,
    insured_id,
    issue,
    policy_id,
    quote,
    report,
    request,
    reserve,
    terms,
    usd,
)
from fixtures.jurisdictions import florida
from fixtures.rating_plans import by_form
from model.claims.commands import CloseClaim, OpenExposure, SetReserve, SettleLoss, VerifyCoverage
from model.claims.payees import Payee, Payoff
from model.claims.reactions import insured_policy_of
from model.claims.settlement import Valuation
from model.core import Core
from model.decider import Refusal
from model.policy.at_rest import at_rest, restored
from model.policy.commands import BindJob, OpenJob, QuoteJob
from model.policy.edits import DropCoverage, SetCoverage
from model.policy.proposals import PolicyChange
from model.policy.terms import Coverage, Interest

LAW, CARRIER = florida()
P, C = policy_id(1), claim_id(1)
OWNER = Payee(insured_id(1), "insured")
LENDER = Payee("BANK", "mortgagee")
HOUSE, CONTENTS = terms(1).coverages
MORTGAGED = replace(HOUSE, interests=(Interest("BANK", "mortgagee"),))
WAITING = by_form("homeowners", Coverage("flood", usd("250000.00"), usd("5000.00"), usd("5000.00")))
ABOUT: dict[str, Any] = {"claim_id": C, "on": INSPECTED, "at": at(INSPECTED)}


def insuring(*coverages: Coverage, carrier=CARRIER) -> Core:
    """A policy in force, of which claims has heard."""
    core = Core(LAW, carrier)
    for step in (replace(quote(1), terms=replace(terms(1), coverages=coverages)), bind(1), issue(1)):
        assert not isinstance(core.submit(step), Refusal)
    assert core.drain(at=at(BOUND)) == ()
    return core


def changed(core: Core, on: date, *edits: Any) -> None:
    job: dict[str, Any] = {"policy_id": P, "job_id": f"J-{on}", "on": on, "at": at(on)}
    for command in (OpenJob(proposal=PolicyChange(on, edits), **job), QuoteJob(**job), BindJob(**job)):
        assert not isinstance(core.submit(command), Refusal)
    core.drain(at=at(on))


def changed_afterwards(core: Core, effective: date, *edits: Any) -> None:
    """A change that is bound the day after the notice, for days before it."""
    on = NOTICE + timedelta(days=1)
    job: dict[str, Any] = {"policy_id": P, "job_id": "J-LATER", "on": on, "at": at(on)}
    for command in (OpenJob(proposal=PolicyChange(effective, edits), **job), QuoteJob(**job), BindJob(**job)):
        assert not isinstance(core.submit(command), Refusal)
    core.drain(at=at(on))


def asked(core: Core, *commands: Any) -> None:
    for command in commands:
        answer = core.submit(command)
        assert not isinstance(answer, Refusal), answer


def verified(core: Core, coverage: str = "dwelling", **told: Any) -> Any:
    """The claim after its first check of cover, under what claims knows itself."""
    asked(core, replace(report(1), **told))
    policy = core.known_policy(P)
    asked(core, VerifyCoverage(claim_id=C, coverage=coverage, policy=policy, on=NOTICE, at=at(NOTICE)))
    return core.claim(C)


def with_reserve(core: Core) -> Core:
    verified(core)
    asked(core, reserve(1))
    return core


def code(answer: Any) -> str:
    return answer.code if isinstance(answer, Refusal) else "+".join(type(event).__name__ for event in answer) or "-"


pay = partial(replace, request(1), kind="partial", amount=usd("1000.00"))

# --- mortgagees


def test_a_payment_for_a_mortgaged_dwelling_names_the_mortgagee():
    core = with_reserve(insuring(MORTGAGED, CONTENTS))

    assert code(core.submit(pay())) == "mortgagee_not_named"
    assert code(core.submit(pay(payees=(OWNER, Payee("OTHER", "mortgagee"))))) == "mortgagee_not_named"
    assert code(core.submit(pay(payees=(OWNER, LENDER)))) == "PaymentRequested"


@pytest.mark.parametrize(
    ("named", "category", "cost_type", "answer"),
    [
        ("dwelling_payments", "contents", "claim_cost", "PaymentRequested"),
        ("dwelling_payments", "living_expenses", "claim_cost", "PaymentRequested"),
        ("covered_property", "living_expenses", "claim_cost", "mortgagee_not_named"),
        ("covered_property", "dwelling", "allocated_expense", "PaymentRequested"),
        ("never", "dwelling", "claim_cost", "PaymentRequested"),
    ],
)
def test_which_payments_name_the_mortgagee_is_the_carriers_choice(named, category, cost_type, answer):
    carrier = replace(CARRIER, claims=replace(CARRIER.claims, mortgagee_named=named))
    core = with_reserve(insuring(MORTGAGED, CONTENTS, carrier=carrier))
    line = replace(DWELLING, category=category, cost_type=cost_type)
    asked(core, SetReserve(line=line, amount=usd("2000.00"), **ABOUT))

    assert code(core.submit(pay(line=line))) == answer


def test_a_mortgagee_that_an_endorsement_added_before_the_loss_is_demanded_and_one_after_it_is_not():
    core = insuring(HOUSE, CONTENTS)
    changed(core, NOTICE - timedelta(days=20), SetCoverage(MORTGAGED))
    assert code(with_reserve(core).submit(pay())) == "mortgagee_not_named"

    core = insuring(HOUSE, CONTENTS)
    changed(core, NOTICE + timedelta(days=5), SetCoverage(MORTGAGED))
    assert code(with_reserve(core).submit(pay())) == "PaymentRequested"


def test_a_backdated_endorsement_that_adds_a_mortgagee_holds_for_what_is_paid_afterwards():
    core = with_reserve(insuring(HOUSE, CONTENTS))
    asked(core, pay())

    changed(core, NOTICE - timedelta(days=20), SetCoverage(MORTGAGED))

    assert code(core.submit(pay(payment_id="PAY-LATER"))) == "mortgagee_not_named"


def test_asked_and_told_agree_on_all_that_a_coverage_says_and_a_row_keeps_it():
    core = insuring(replace(MORTGAGED, excluded=("flood",), aggregate=usd("500000.00")), WAITING)
    snapshot = core.snapshot(P)

    assert snapshot is not None
    assert insured_policy_of(snapshot).coverages == getattr(core.known_policy(P), "coverages", None)
    assert restored(at_rest(core.policy(P))) == core.policy(P)


# --- several payees


def test_several_payees_are_paid_apart_and_their_parts_are_the_amount():
    core = with_reserve(insuring(MORTGAGED, CONTENTS))
    split = pay(payment_id="PAY", amount=usd("100.01"), payees=(replace(OWNER, share=1), replace(LENDER, share=2)))

    answer: Any = core.submit(split)

    parts = [(event.payment_id, event.payee_id, str(event.amount)) for event in answer]
    assert parts == [("PAY-1", insured_id(1), "33.34 USD"), ("PAY-2", "BANK", "66.67 USD")]
    assert core.submit(split) == ()
    assert code(core.submit(replace(split, amount=usd("200.00")))) == "payment_reused"


@pytest.mark.parametrize(
    ("amount", "payees"),
    [("100.00", (replace(OWNER, share=1), LENDER)), ("0.01", (replace(OWNER, share=1), replace(LENDER, share=1)))],
)
def test_a_payment_in_parts_gives_everybody_some(amount, payees):
    core = with_reserve(insuring(MORTGAGED, CONTENTS))

    assert code(core.submit(pay(amount=usd(amount), payees=payees))) == "bad_shares"


def test_a_payment_above_authority_is_held_in_all_of_its_parts():
    core = with_reserve(insuring(MORTGAGED, CONTENTS))
    asked(core, SetReserve(line=DWELLING, amount=usd("60000.00"), **ABOUT))
    payees = (replace(OWNER, share=1), replace(LENDER, share=1))

    answer = core.submit(pay(amount=usd("40000.00"), payees=payees, by="ann", role="adjuster"))

    assert code(answer) == "PaymentHeld+PaymentHeld"


# --- a total loss with a lien


def total_loss(payoff: str = "200000.00", lienholder: str = "CREDIT") -> Any:
    value = Valuation(usd("306000.00"), usd("0.00"), usd("0.00"))
    return SettleLoss(exposure=1, valuation=value, payoff=Payoff(lienholder, usd(payoff)), **ABOUT)


def lost(payoff: str = "200000.00") -> Core:
    core = with_reserve(insuring(replace(HOUSE, interests=(Interest("CREDIT", "lienholder"),)), CONTENTS))
    asked(core, total_loss(payoff), SetReserve(line=DWELLING, amount=usd("300000.00"), **ABOUT))
    return core


@pytest.mark.parametrize(
    ("payoff", "to_lienholder", "to_owner"),
    [("200000.00", "200000.00", "100000.00"), ("400000.00", "300000.00", None), ("0.00", None, "300000.00")],
)
def test_a_lienholder_is_paid_up_to_its_payoff_and_the_insured_the_rest(payoff, to_lienholder, to_owner):
    core = lost(payoff)
    for payee, amount in (("CREDIT", to_lienholder), (insured_id(1), to_owner)):
        beyond = usd(amount or "0.00") + usd("0.01")
        answer = core.submit(pay(payment_id=f"{payee}-BEYOND", payee_id=payee, amount=beyond))
        assert code(answer) in ("beyond_share", "beyond_settlement", "limit_exhausted")
        if amount is not None:
            asked(core, pay(payment_id=payee, payee_id=payee, amount=usd(amount)))


def test_the_insured_does_not_get_what_is_the_lienholders_in_two_payments_either():
    core = lost()
    asked(core, pay(payment_id="ONE", amount=usd("60000.00")))

    assert code(core.submit(pay(payment_id="TWO", amount=usd("40000.01")))) == "beyond_share"
    assert code(core.submit(pay(payment_id="TWO", amount=usd("40000.00")))) == "PaymentRequested"


def test_a_cheque_to_both_needs_both_and_is_nobodys_share():
    both = (OWNER, Payee("CREDIT", "lienholder"))

    assert code(lost().submit(pay(amount=usd("250000.00"), payees=both))) == "PaymentRequested"


@pytest.mark.parametrize(
    ("settling", "wanted"),
    [(total_loss(lienholder="NOBODY"), "unknown_lienholder"), (total_loss("-1.00"), "negative_amount")],
)
def test_a_payoff_is_somebodys_with_a_lien_and_not_below_nothing(settling, wanted):
    core = with_reserve(insuring(replace(HOUSE, interests=(Interest("CREDIT", "lienholder"),)), CONTENTS))

    assert code(core.submit(settling)) == wanted


# --- exclusions and waiting periods


def test_an_excluded_peril_is_denied_by_what_policy_published():
    excluding = by_form("homeowners", HOUSE)

    assert verified(insuring(excluding, CONTENTS), cause="flood").reason == "excluded_peril"
    assert verified(insuring(excluding, CONTENTS), cause="hurricane").exposures[0].coverage.excluded


@pytest.mark.parametrize(
    ("days", "reason"), [(29, "waiting_period"), (30, None)], ids=["a day too early", "waited long enough"]
)
def test_a_coverage_that_waits_insures_from_then_on(days, reason):
    loss = at(START + timedelta(days=days))

    claim = verified(insuring(HOUSE, WAITING), "flood", cause="flood", loss_at=loss)

    assert getattr(claim, "reason", None) == reason


def test_a_coverage_that_an_endorsement_added_waits_from_the_endorsement():
    added = LANDFALL.date() - timedelta(days=29)
    core = insuring(HOUSE, CONTENTS)
    changed(core, added, SetCoverage(WAITING))

    assert verified(core, "flood", cause="flood").reason == "waiting_period"

    core = insuring(HOUSE, CONTENTS)
    changed(core, added - timedelta(days=1), SetCoverage(WAITING))
    assert verified(core, "flood", cause="flood").exposures[0].coverage.code == "flood"


def test_a_coverage_that_was_dropped_and_added_again_waits_again():
    core = insuring(HOUSE, WAITING)
    changed(core, START + timedelta(days=40), DropCoverage("flood"))
    changed(core, LANDFALL.date() - timedelta(days=10), SetCoverage(WAITING))

    assert verified(core, "flood", cause="flood").reason == "waiting_period"


def test_a_raised_limit_waits_for_nothing():
    core = insuring(HOUSE, WAITING)
    changed(core, LANDFALL.date() - timedelta(days=10), SetCoverage(replace(WAITING, limit=usd("300000.00"))))

    assert verified(core, "flood", cause="flood").exposures[0].coverage.limit == usd("300000.00")


def test_another_exposure_of_the_claim_waits_and_excludes_as_well():
    core = insuring(replace(HOUSE, excluded=("flood",)), WAITING, replace(CONTENTS, excluded=("hurricane",)))
    verified(core)
    known = core.known_policy(P)
    opening = OpenExposure(claimant_id="T", coverage="contents", incident=0, policy=known, **ABOUT)

    assert code(core.submit(opening)) == "excluded_peril"
    assert code(core.submit(replace(opening, coverage="flood"))) == "ExposureOpened"
    assert code(core.submit(CloseClaim(**ABOUT))) == "ReserveChanged+ClaimClosed"


def test_an_exclusion_that_was_endorsed_behind_the_back_of_a_loss_is_looked_at():
    core = with_reserve(insuring(HOUSE, CONTENTS))

    changed(core, NOTICE - timedelta(days=20), SetCoverage(replace(HOUSE, excluded=("hurricane",))))

    claim: Any = core.claim(C)
    assert [one.lost for one in claim.exposures] == ["excluded_peril"]
    assert claim.notice.warnings == ("changed_after_report",)
    assert code(core.submit(pay())) == "coverage_lost"


@pytest.mark.parametrize(
    ("effective", "warnings"),
    [(NOTICE - timedelta(days=20), ("changed_after_report",)), (NOTICE + timedelta(days=1), ())],
    ids=["for the day of the loss", "for days after it"],
)
def test_a_change_bound_between_the_report_and_the_first_check_of_cover_is_looked_at(effective, warnings):
    core = insuring(HOUSE, CONTENTS)
    asked(core, report(1))
    changed_afterwards(core, effective, SetCoverage(replace(HOUSE, limit=usd("900000.00"))))
    verifying = VerifyCoverage(claim_id=C, coverage="dwelling", policy=core.known_policy(P), on=NOTICE, at=at(NOTICE))

    asked(core, verifying)

    claim: Any = core.claim(C)
    assert claim.notice.warnings == warnings
    assert ("special_investigation" in {task.name for task in claim.notice.tasks}) is bool(warnings)


def test_what_was_written_after_the_report_was_not_changed():
    core = Core(LAW, CARRIER)
    asked(core, replace(report(1), at=at(BOUND) - timedelta(days=1), loss_at=at(BOUND) - timedelta(days=2)))
    for step in (quote(1), bind(1), issue(1)):
        asked(core, step)
    core.drain(at=at(BOUND))

    asked(core, VerifyCoverage(claim_id=C, coverage="dwelling", policy=core.known_policy(P), on=NOTICE, at=at(NOTICE)))

    claim: Any = core.claim(C)
    assert (claim.reason, claim.notice.warnings) == ("not_in_force", ())


def test_a_form_says_what_a_product_excludes_and_how_long_it_waits(tmp_path):
    assert by_form("homeowners", HOUSE).excluded == ("flood", "equipment_breakdown")
    assert by_form("homeowners", WAITING).waiting_days == 30
    assert by_form("personal_auto", HOUSE) == HOUSE
    forms = tmp_path / "forms.csv"
    forms.write_text("product,coverage,excluded,waiting_days\nhomeowners,dwelling,floods,0\n")

    with pytest.raises(ValueError, match=r"^forms.csv, line 2, column 'excluded': 'floods' is not of hurricane, "):
        by_form("homeowners", HOUSE, folder=tmp_path)
