"""Direct debits and credits over the ACH network: how long an entry can come back, and what may be done then.

    originated --settles--> settled --returned R01, R09--> presented again (3 times at most, within 180 days)
                              |  \\----returned otherwise--> stopped until corrected or authorised anew
                              +--notice of change--> corrected within 6 banking days
                              +--error of ours--> reversed within 5 banking days

All numbers and code sets are rows of fixtures/rules/ach.csv (Nacha Operating Rules, Regulation E, FedACH), handed in
as the law of `US-ACH`; a banking day is one on which the Federal Reserve Banks are open. This is a reading for
simulation and testing, not legal advice.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from model.daycount import business_days_after, is_business_day
from model.decider import Refusal
from model.jurisdiction import Law, LawMissing
from model.money import Money

ReversalReason = Literal["duplicate", "wrong_amount", "wrong_receiver", "debit_too_early", "credit_too_late"]
Direction = Literal["debit", "credit"]


class Window(Struct, frozen=True, gc=False):
    """So many days after settlement, in banking days or calendar days."""

    count: int
    unit: str


class SameDayWindow(Struct, frozen=True, gc=False):
    """Eastern times: what is submitted by `until` settles at `settles`."""

    until: time
    settles: time


class Presentment(Struct, frozen=True, gc=False):
    """One time that an entry was presented, and the code with which it came back (empty: it did not)."""

    settled_on: date
    code: str


class Debit(Struct, frozen=True, gc=False):
    """One debit entry of a portfolio, by the day on which it was originated."""

    originated_on: date
    code: str = ""


class ReturnRates(Struct, frozen=True, gc=False):
    """Percent of the debit entries that were originated within the window, and which levels they are above."""

    entries: int
    unauthorized: Decimal
    administrative: Decimal
    overall: Decimal
    above: tuple[str, ...]


class AchRules(Struct, frozen=True):
    """The network's rows of one day, as the functions here use them."""

    windows: dict[str, Window]
    presented_again: frozenset[str]
    presentments: int
    presented_within_days: int
    unauthorized: frozenset[str]
    administrative: frozenset[str]
    account_wrong: frozenset[str]
    authorization_void: frozenset[str]
    unauthorized_percent: Decimal
    administrative_percent: Decimal
    overall_percent: Decimal
    rate_days: int
    correction_days: int
    reversal_days: int
    reversal_reasons: frozenset[str]
    same_day: tuple[SameDayWindow, ...]
    same_day_limit: Money | None
    web_validation_from: date | None
    changes: dict[str, str]
    holidays: frozenset[date]


def ach_rules(law: Law) -> AchRules:
    """From the rows of `US-ACH`. Raises LawMissing when one of them is not there."""
    return AchRules(
        windows=_windows(law),
        presented_again=_codes(law, "reinitiation_code_set"),
        presentments=1 + int(law.row("reinitiation_max_after_first_return").value),
        presented_within_days=int(law.row("reinitiation_window").value),
        unauthorized=_codes(law, "unauthorized_threshold_code_set"),
        administrative=_codes(law, "administrative_level_code_set"),
        account_wrong=_codes(law, "account_wrong_code_set"),
        authorization_void=_codes(law, "authorization_void_code_set"),
        unauthorized_percent=Decimal(law.row("unauthorized_return_rate_threshold").value),
        administrative_percent=Decimal(law.row("administrative_return_rate_level").value),
        overall_percent=Decimal(law.row("overall_return_rate_level").value),
        rate_days=int(law.row("return_rate_window").value),
        correction_days=int(law.row("noc_originator_correction").value),
        reversal_days=int(law.row("reversal_timeframe").value),
        reversal_reasons=_codes(law, "reversal_reasons"),
        same_day=tuple(_same_day(law.row(f"same_day_window_{k}").value) for k in (1, 2, 3)),
        same_day_limit=law.usd("same_day_limit_per_payment") if law.has("same_day_limit_per_payment") else None,
        web_validation_from=_validation_from(law),
        changes={
            rule.removeprefix("noc_"): row.value for (rule, _), row in law.rows.items() if rule.startswith("noc_C")
        },
        holidays=law.holidays,
    )


def _windows(law: Law) -> dict[str, Window]:
    found: dict[str, Window] = {}
    for (rule, _), row in law.rows.items():
        if rule.startswith("return_R") and rule.endswith("_timeframe") and row.value.isdigit():
            found[rule[len("return_") : -len("_timeframe")]] = Window(int(row.value), row.unit)
    if not found:
        raise LawMissing(f"no return windows in {law.jurisdiction} as of {law.as_of}")
    return found


def _codes(law: Law, rule: str) -> frozenset[str]:
    return frozenset(law.row(rule).value.split())


def _same_day(words: str) -> SameDayWindow:
    """From `submit 10:30 ET, settle 13:00 ET`. Raises LawMissing for other words."""
    match words.replace(",", "").split():
        case ["submit", until, "ET", "settle", settles, "ET"]:
            return SameDayWindow(time.fromisoformat(until), time.fromisoformat(settles))
        case _:
            raise LawMissing(f"{words!r} is not a same-day window")


def _validation_from(law: Law) -> date | None:
    word = law.word("web_debit_account_validation_from")
    return None if word is None else date.fromisoformat(word)


def return_due(rules: AchRules, *, code: str, settled_on: date) -> date | None:
    """The last day on which an entry may come back with a code; None for a code without a window.

    A return after it is late: the money is gone all the same, and a person contests it with the bank.
    """
    window = rules.windows.get(code)
    if window is None:
        return None
    if window.unit == "banking_day":
        return business_days_after(settled_on, window.count, rules.holidays)
    return settled_on + timedelta(days=window.count)


def final_on(rules: AchRules, settled_on: date) -> date:
    """The first day on which no return in time is possible any more, whatever the code."""
    last = max(return_due(rules, code=code, settled_on=settled_on) or settled_on for code in rules.windows)
    return last + timedelta(days=1)


def last_presentment(rules: AchRules, first_settled_on: date) -> date:
    return first_settled_on + timedelta(days=rules.presented_within_days)


def present_again(rules: AchRules, presentments: Sequence[Presentment], *, on: date) -> Refusal | None:
    """Why a returned entry may not be presented again on a day; None when it may (INV-Y3)."""
    for earlier in presentments:
        if earlier.code and earlier.code not in rules.presented_again:
            return Refusal("ach_stopped", f"{earlier.code} stops an entry until it is corrected or authorised anew")
    if len(presentments) >= rules.presentments:
        return Refusal("ach_presentments_used_up", f"{rules.presentments} presentments are the most")
    if presentments and on > last_presentment(rules, presentments[0].settled_on):
        last = last_presentment(rules, presentments[0].settled_on)
        return Refusal("ach_presentment_window_over", f"the last day for it was {last}")
    return None


def correction_due(rules: AchRules, *, received_on: date, next_entry_on: date | None = None) -> date:
    """By when what a notice of change says has to be corrected: within the banking days or before the next entry,
    whichever is later.
    """
    due = business_days_after(received_on, rules.correction_days, rules.holidays)
    return due if next_entry_on is None else max(due, next_entry_on)


def reversal_due(rules: AchRules, settled_on: date) -> date:
    return business_days_after(settled_on, rules.reversal_days, rules.holidays)


def reverse(
    rules: AchRules, reason: ReversalReason, *, direction: Direction, settled_on: date, on: date
) -> Refusal | None:
    """Why an entry of ours may not be reversed; None when it may. Want of funds is no reason."""
    misfits = {"debit_too_early": "credit", "credit_too_late": "debit"}
    if reason not in rules.reversal_reasons or misfits.get(reason) == direction:
        return Refusal("reversal_reason_not_allowed", f"a {direction} is not reversed because it was {reason}")
    if on > reversal_due(rules, settled_on):
        return Refusal("reversal_too_late", f"the last day for it was {reversal_due(rules, settled_on)}")
    return None


def same_day_settlement(rules: AchRules, eastern: datetime, amount: Money) -> datetime | Refusal:
    """When an entry settles that reaches the operator at an Eastern time; refused when it cannot on the same day. The
    bank's own cut-off is earlier.
    """
    if not is_business_day(eastern.date(), rules.holidays):
        return Refusal("no_banking_day", f"{eastern.date()} is no banking day")
    limit = rules.same_day_limit
    if limit is None:
        return Refusal("same_day_limit_unknown", "no row says what the limit for one payment was then")
    if amount.currency != limit.currency or amount.minor > limit.minor:
        return Refusal("same_day_limit", f"{amount} is more than {limit} for one payment")
    for window in rules.same_day:
        if eastern.time() <= window.until:
            return datetime.combine(eastern.date(), window.settles, eastern.tzinfo)
    return Refusal("same_day_windows_closed", f"the last one closed at {rules.same_day[-1].until:%H:%M}")


def settles_on(rules: AchRules, submitted_on: date) -> date:
    """The settlement day of an ordinary entry: the next banking day."""
    return business_days_after(submitted_on, 1, rules.holidays)


def validated(rules: AchRules, *, entry_class: str, account: Literal["new", "validated"], on: date) -> Refusal | None:
    """Why a debit may not be originated before its account is validated: a WEB debit's account at its first use, or
    when its number changed.
    """
    asked = rules.web_validation_from is not None and on >= rules.web_validation_from
    if asked and entry_class == "WEB" and account == "new":
        return Refusal("account_not_validated", "a WEB debit needs a validated account at its first use")
    return None


def return_rates(rules: AchRules, debits: Iterable[Debit], *, as_of: date) -> ReturnRates:
    """The rates that the network judges an originator by, over the debits originated in the days up to `as_of`."""
    first = as_of - timedelta(days=rules.rate_days)
    codes = [debit.code for debit in debits if first < debit.originated_on <= as_of]
    unauthorized = _percent(sum(code in rules.unauthorized for code in codes), len(codes))
    administrative = _percent(sum(code in rules.administrative for code in codes), len(codes))
    overall = _percent(sum(code != "" for code in codes), len(codes))
    above = (
        ("unauthorized", unauthorized > rules.unauthorized_percent),
        ("administrative", administrative > rules.administrative_percent),
        ("overall", overall > rules.overall_percent),
    )
    return ReturnRates(
        len(codes), unauthorized, administrative, overall, tuple(name for name, is_above in above if is_above)
    )


def _percent(part: int, whole: int) -> Decimal:
    return Decimal(100 * part) / whole if whole else Decimal(0)
