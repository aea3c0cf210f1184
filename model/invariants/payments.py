"""What must hold of every payment, of its attempts, and of all payments together."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Literal

from msgspec import Struct

from model.choices.payments import PaymentsChoices
from model.invariants.judging import Invariant, Violation, minor
from model.payments.ach import AchRules
from model.published.intent_views import AttemptView, IntentView

NO_ADVICE: Mapping[str, timedelta] = {}
STAYED = frozenset({"succeeded", "refunded_partial", "represented"})
MAY_MOVE = frozenset({"init", "requires_action", "processing", "unknown"})
SETTLES = {
    "succeeded": STAYED | {"refunded_partial"},
    "refunded": {"refunded"},
    "returned": {"returned"},
    "charged_back": {"charged_back"},
    "processing": {"init", "processing"},
    "requires_action": {"requires_action"},
    "unknown": {"unknown"},
}
"""What one attempt at least must be when the payment is so."""


def _one_at_most(intent: IntentView) -> str | None:
    attempts = intent.attempts or ()
    stayed = [one.ordinal for one in attempts if one.status in STAYED]
    if len(stayed) > 1:
        return f"attempts {stayed} moved the money, one may"
    live = [one.ordinal for one in attempts if one.status in STAYED | MAY_MOVE]
    return f"attempts {live} are live at a time, one may be" if len(live) > 1 else None


def _money_and_attempts_agree(intent: IntentView) -> str | None:
    attempts = intent.attempts or ()
    if intent.captured is not None and intent.refunded is not None:
        authorised, captured, refunded = minor(intent.amount), minor(intent.captured), minor(intent.refunded)
        if not refunded <= captured <= authorised:
            return f"{refunded} minor units went back of {captured} captured of {authorised}"
    statuses = {one.status for one in attempts if one.surplus == "none"}
    needed = SETTLES.get(intent.status)
    if needed is not None and not statuses & needed:
        return f"the payment is {intent.status}, its attempts are {', '.join(sorted(statuses))}"
    if intent.status in ("failed", "retrying", "returned") and statuses & (STAYED | MAY_MOVE):
        return (
            f"the payment is {intent.status} and an attempt is still {', '.join(sorted(statuses & STAYED | MAY_MOVE))}"
        )
    return None


PAYMENT_INVARIANTS: tuple[Invariant[IntentView], ...] = (
    Invariant("INV-Y1", "at most one attempt of a payment is live, whatever was said and when", ("attempts",),
              _one_at_most),
    Invariant("INV-Y2", "captured is at most authorised, refunded at most captured, and the attempts say what the "
              "payment says", ("attempts",), _money_and_attempts_agree),
)  # fmt: skip


class Back(Struct, frozen=True, gc=False):
    """One time that the network sent a debit back."""

    at: datetime
    settled_on: date
    code: str


def _sent_back(intent: IntentView) -> list[Back]:
    found: list[Back] = []
    for one in intent.attempts or ():
        if one.network == "US-ACH" and one.code and one.ended_at and one.status not in MAY_MOVE:
            found.append(Back(one.ended_at, one.ended_at.date(), one.code))
        if one.returned_at and one.return_code and one.settled_on:
            found.append(Back(one.returned_at, one.settled_on, one.return_code))
    return sorted(found, key=lambda back: back.at)


def presented_too_often(rules: AchRules, intents: Iterable[IntentView]) -> Iterator[Violation]:
    """INV-Y3: a debit that came back for want of funds is presented three times at most and within its window; one that
    came back for any other reason is not presented again.
    """
    for intent in intents:
        back = _sent_back(intent)
        for attempt in intent.attempts or ():
            text = _presented_after(rules, [one for one in back if one.at < attempt.started_at], attempt)
            if attempt.method == "ach" and text is not None:
                yield Violation("INV-Y3", intent.intent_id, text)


def _presented_after(rules: AchRules, back: list[Back], attempt: AttemptView) -> str | None:
    stops = [one.code for one in back if one.code not in rules.presented_again]
    if stops:
        return f"attempt {attempt.ordinal} came after {stops[0]}"
    if len(back) >= rules.presentments:
        return f"attempt {attempt.ordinal} is presentment {len(back) + 1} of at most {rules.presentments}"
    days = (attempt.started_at.date() - back[0].settled_on).days if back else 0
    if days > rules.presented_within_days:
        return f"attempt {attempt.ordinal} came {days} days after the first settled"
    return None


def off_schedule(
    choices: PaymentsChoices,
    intents: Iterable[IntentView],
    *,
    late: timedelta = timedelta(0),
    advised: Mapping[str, timedelta] = NO_ADVICE,
) -> Iterator[Violation]:
    """INV-Y4: there are no more retries than the carrier chose, and each begins when it chose, or when Mastercard
    `advised` by the code where that is later; `late` is what the host's clock may be behind.
    """
    for intent in intents:
        ends = sorted(_ends(intent.attempts or (), advised), key=lambda end: end.at)
        for attempt in (intent.attempts or ())[1:]:
            before = [end for end in ends if _made_room(end, attempt)]
            due = _retry_due(choices, intent, before) if before else None
            if due is None:
                yield Violation("INV-Y4", intent.intent_id, f"attempt {attempt.ordinal} is one retry too many")
            elif not due <= attempt.started_at <= due + late:
                text = f"attempt {attempt.ordinal} began at {attempt.started_at}, due at {due}"
                yield Violation("INV-Y4", intent.intent_id, text)


class End(Struct, frozen=True, gc=False):
    """How and when an attempt made room for the next, and before when the network or its card let none begin."""

    at: datetime
    ordinal: int
    kind: Literal["business", "technical", "by_hand"]
    not_before: datetime


def _made_room(end: End, attempt: AttemptView) -> bool:
    """Every wait is more than nothing, but a person does not wait."""
    at_once = end.kind == "by_hand" and end.at == attempt.started_at and end.ordinal < attempt.ordinal
    return end.at < attempt.started_at or at_once


def _ends(attempts: Iterable[AttemptView], advised: Mapping[str, timedelta]) -> Iterator[End]:
    for one in attempts:
        if one.ended_at is not None:
            put_off = one.postponed_to or one.ended_at
            if one.code == "by_hand":
                yield End(one.ended_at, one.ordinal, "by_hand", put_off)
            elif one.failure == "technical_not_sent":
                yield End(one.ended_at, one.ordinal, "technical", put_off)
            elif one.failure == "soft_decline":
                wait = advised.get(one.code or "") if one.network == "US-MC" else None
                waited = one.ended_at + (wait or timedelta(0))
                yield End(one.ended_at, one.ordinal, "business", max(put_off, waited))
        if one.returned_at:
            yield End(one.returned_at, one.ordinal, "business", one.returned_at)


def _retry_due(choices: PaymentsChoices, intent: IntentView, before: list[End]) -> datetime | None:
    """When the attempt after the last of these ends is due; None when there should be none."""
    scheduled = _scheduled(choices, intent, before)
    return None if scheduled is None else max(scheduled, before[-1].not_before)


def _scheduled(choices: PaymentsChoices, intent: IntentView, before: list[End]) -> datetime | None:
    last = before[-1]
    same = sum(end.kind == last.kind for end in before)
    if last.kind == "by_hand":
        return last.at
    if last.kind == "technical":
        waits = choices.technical_retry_seconds
        return last.at + timedelta(seconds=waits[same - 1]) if same <= len(waits) else None
    if same > len(choices.business_retry_days):
        return None
    if choices.retry_alignment == "fixed_days":
        return last.at + timedelta(days=choices.business_retry_days[same - 1])
    eves = [(intent.due_on or last.at.date()) + timedelta(days=step - 1) for step in choices.dunning_step_days]
    ahead = [eve for eve in eves if eve > last.at.date()]
    return last.at + (ahead[0] - last.at.date()) if ahead else None


def unresolved_too_long(choices: PaymentsChoices, intents: Iterable[IntentView], now: datetime) -> Iterator[Violation]:
    """INV-Y7: what nobody knows is resolved, or with a person, within the time that the carrier chose."""
    allowed = timedelta(seconds=choices.unknown_sla_seconds)
    for intent in intents:
        if intent.status != "unknown" or intent.unknown_since is None:
            continue
        known_by = intent.escalated_at or now
        if known_by - intent.unknown_since > allowed:
            text = f"unknown since {intent.unknown_since}, and no person knew by {known_by}"
            yield Violation("INV-Y7", intent.intent_id, text)


def left_unknown(intents: Iterable[IntentView]) -> Iterator[Violation]:
    """INV-Y7 at the end of a drained run: nothing is unknown but what a person has."""
    for intent in intents:
        if intent.status == "unknown" and intent.for_person is None:
            yield Violation("INV-Y7", intent.intent_id, "unknown at the end, and with nobody")


def effective_successes(intents: Iterable[IntentView]) -> Mapping[tuple[str, str, str], int]:
    """How often money moved for the same purpose, subject and reference."""
    moved: dict[tuple[str, str, str], int] = {}
    for intent in intents:
        if intent.status == "succeeded":
            key = (intent.purpose, intent.subject, intent.reference)
            moved[key] = moved.get(key, 0) + 1
    return moved


def moved_more_than_once(intents: Iterable[IntentView]) -> tuple[Violation, ...]:
    """INV-Y1: money moves at most once for what one payment is for."""
    return tuple(
        Violation("INV-Y1", f"{subject} {reference}", f"the {purpose} succeeded {count} times")
        for (purpose, subject, reference), count in effective_successes(intents).items()
        if count > 1
    )
