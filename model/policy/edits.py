"""What a change changes: coverages by their code, and what a year costs by pattern.

A coverage is set or dropped, so that two changes of one coverage can contradict each other; a charge is adjusted by a
difference, so that two adjustments add up in any order.
"""

from collections.abc import Iterable
from typing import TypeAlias

from msgspec import Struct

from model.carrier import Carrier, unknown_pattern
from model.decider import Refusal
from model.money import Money
from model.policy.terms import Charge, Coverage, Terms


class SetCoverage(Struct, frozen=True, tag=True, gc=False):
    """Adds the coverage, or replaces the one of its code."""

    coverage: Coverage


class DropCoverage(Struct, frozen=True, tag=True, gc=False):
    code: str


class AdjustCharge(Struct, frozen=True, tag=True, gc=False):
    """`by` is the difference that a full annual term makes; negative to charge less."""

    pattern: str
    by: Money


Edit: TypeAlias = SetCoverage | DropCoverage | AdjustCharge


class Insured(Struct, frozen=True, gc=False):
    """What is insured at some moment of a term, and what a full annual term of it costs, by pattern."""

    coverages: tuple[Coverage, ...]
    rates: tuple[Charge, ...]

    def covers(self, code: str) -> bool:
        return any(coverage.code == code for coverage in self.coverages)


def insured_at_start(terms: Terms) -> Insured:
    return Insured(terms.coverages, summed(terms.charges))


def summed(charges: tuple[Charge, ...]) -> tuple[Charge, ...]:
    """One charge for each pattern, in the order in which the patterns first come. All of one currency."""
    if len({charge.pattern for charge in charges}) == len(charges):
        return charges
    sums: dict[str, Charge] = {}
    for charge in charges:
        pattern = charge.pattern
        if pattern in sums:
            sums[pattern] = Charge(pattern, sums[pattern].amount + charge.amount)
        else:
            sums[pattern] = charge
    return tuple(sums.values())


def added(charges: tuple[Charge, ...], more: Iterable[Charge]) -> tuple[Charge, ...]:
    """`summed((*charges, *more))` where `charges` are summed already."""
    found = list(charges)
    for charge in more:
        pattern = charge.pattern
        for place, known in enumerate(found):
            if known.pattern == pattern:
                found[place] = Charge(pattern, known.amount + charge.amount)
                break
        else:
            found.append(charge)
    return tuple(found)


def edited(insured: Insured, edits: Iterable[Edit]) -> Insured:
    """What is insured after the edits, one after the other. Dropping what is not insured changes nothing."""
    coverages, rates = insured.coverages, insured.rates
    for edit in edits:
        if isinstance(edit, AdjustCharge):
            rates = added(rates, (Charge(edit.pattern, edit.by),))
        elif isinstance(edit, SetCoverage):
            by_code = {known.code: known for known in coverages}
            by_code[edit.coverage.code] = edit.coverage
            coverages = tuple(by_code.values())
        else:
            coverages = tuple(coverage for coverage in coverages if coverage.code != edit.code)
    return Insured(coverages, rates)


def field_of(edit: Edit) -> str | None:
    """The field that an edit sets, for two edits that cannot both be right; None where edits add up."""
    match edit:
        case SetCoverage(coverage=coverage):
            return f"coverage.{coverage.code}"
        case DropCoverage(code=code):
            return f"coverage.{code}"
        case AdjustCharge():
            return None


def fields_of(edits: Iterable[Edit]) -> frozenset[str]:
    return frozenset(field for field in map(field_of, edits) if field is not None)


def same_fields(one: Iterable[Edit], other: Iterable[Edit]) -> tuple[str, ...]:
    """Fields that both set, sorted."""
    return tuple(sorted(fields_of(one) & fields_of(other)))


def insured_after(carrier: Carrier, product: str, insured: Insured, edits: tuple[Edit, ...]) -> Insured | Refusal:
    """What is insured after these edits, or why they cannot be made."""
    if not edits:
        return Refusal("nothing_changed", "a change names at least one edit")
    rules, currency = carrier.rules, carrier.currency
    for edit in edits:
        # Most edits adjust what a year costs, in a pattern and a currency that the carrier has.
        if type(edit) is AdjustCharge and edit.pattern in rules and edit.by.currency == currency:
            continue
        wrong = _unacceptable(carrier, product, insured, edit)
        if wrong is not None:
            return wrong
    after = edited(insured, edits)
    if not after.coverages:
        return Refusal("no_coverage", "a policy insures at least one coverage")
    for rate in after.rates:
        if rate.amount.minor < 0:
            return Refusal("negative_charge", f"a year cannot charge {rate.amount} for {rate.pattern}")
    return after


def _unacceptable(carrier: Carrier, product: str, insured: Insured, edit: Edit) -> Refusal | None:
    if isinstance(edit, AdjustCharge):
        if edit.pattern not in carrier.rules:
            return unknown_pattern(carrier.name, edit.pattern)
        if edit.by.currency != carrier.currency:
            return Refusal("wrong_currency", f"{carrier.name} writes in {carrier.currency}, not {edit.by.currency}")
        return None
    if isinstance(edit, SetCoverage):
        return _uninsurable(carrier, product, insured, edit.coverage)
    return None if insured.covers(edit.code) else Refusal("unknown_coverage", f"{edit.code!r} is not insured")


def _uninsurable(carrier: Carrier, product: str, insured: Insured, coverage: Coverage) -> Refusal | None:
    offered = carrier.offered_coverages(product)
    if offered and coverage.code not in offered and not insured.covers(coverage.code):
        return Refusal("unknown_coverage", f"{carrier.name} offers no {coverage.code!r} in {product}")
    if any(amount.currency != carrier.currency for amount in coverage.amounts):
        return Refusal("wrong_currency", f"{carrier.name} insures in {carrier.currency}")
    if any(amount.minor < 0 for amount in coverage.amounts) or coverage.waiting_days < 0:
        return Refusal("negative_amount", f"coverage {coverage.code} has an amount below nothing")
    return None
