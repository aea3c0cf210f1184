"""How often a declined card may be tried again: one card, and every try of it that anybody makes.

    fresh --CardRefused--> counted --limit--> used up until the window has passed
                            |  \\--advice with a wait--> waiting
                            +--category 1, advice 03 or 21--> stopped

Visa sorts decline codes into categories: 1 is never tried again, 2 to 4 share a count over 30 days for the same card,
amount and currency; tries that the cardholder and that the merchant initiates are counted apart, and so are a token and
the number behind it. Mastercard gives advice codes, some of which end it and some of which say how long to wait, and
counts tries per card over 24 hours and 30 days. All numbers and sets are rows of fixtures/rules/cards.csv; a carrier
may be stricter (`PaymentsChoices.card_reattempts`), never laxer.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Literal, TypeAlias, assert_never

from msgspec import Struct

from model.carrier import Carrier
from model.choices.payments import PaymentsChoices
from model.decider import Decider, Decision, Refusal
from model.jurisdiction import Law, LawMissing
from model.money import Money

CardNetwork = Literal["US-VISA", "US-MC"]
Initiator = Literal["customer", "merchant"]
Credential = Literal["token", "pan"]
WINDOW = timedelta(days=30)
"""The length of the window that both networks name in their rules' unit (`attempts_per_30_days`)."""
UNITS = {"hour": timedelta(hours=1), "hours": timedelta(hours=1), "day": timedelta(days=1), "days": timedelta(days=1)}


class CardRules(Struct, frozen=True):
    """The networks' rows of one day."""

    visa_reattempts: int
    visa_never: frozenset[str]
    visa_later: frozenset[str]
    visa_corrected: frozenset[str]
    mastercard_a_day: int
    mastercard_a_window: int
    mastercard_never: frozenset[str]
    mastercard_waits: dict[str, timedelta]


def card_rules(visa: Law, mastercard: Law) -> CardRules:
    """From the rows of `US-VISA` and `US-MC`. Raises LawMissing when one of them is not there."""
    return CardRules(
        visa_reattempts=int(visa.row("retry_limit_categories_2_to_4").value),
        visa_never=_codes(visa, "category_1_codes_current"),
        visa_later=_codes(visa, "category_2_codes"),
        visa_corrected=_codes(visa, "category_3_codes"),
        mastercard_a_day=int(mastercard.row("retry_limit_24h").value),
        mastercard_a_window=int(mastercard.row("retry_limit_30d").value),
        mastercard_never=_codes(mastercard, "never_retry_macs"),
        mastercard_waits=advised_waits(mastercard),
    )


def _codes(law: Law, rule: str) -> frozenset[str]:
    return frozenset(law.row(rule).value.split())


def advised_waits(law: Law) -> dict[str, timedelta]:
    """How long Mastercard's advice codes say to wait, from its rows."""
    return dict(_waits(law))


def _waits(law: Law) -> Iterator[tuple[str, timedelta]]:
    """From rows such as `mac_25` or `mac_02_wait`, `retry after 24 hours`."""
    for (rule, _), row in law.rows.items():
        match row.value.split():
            case ["retry", "after", count, unit] if rule.startswith("mac_"):
                if unit not in UNITS or not count.isdigit():
                    raise LawMissing(f"{row.id} is {row.value!r}, not a wait")
                yield rule.removeprefix("mac_").removesuffix("_wait"), int(count) * UNITS[unit]
            case _:
                pass


def visa_category(rules: CardRules, code: str) -> Literal[1, 2, 3, 4]:
    """1 never, 2 later, 3 with corrected data, 4 everything else."""
    if code in rules.visa_never:
        return 1
    if code in rules.visa_later:
        return 2
    return 3 if code in rules.visa_corrected else 4


# --- commands and events


class TryCard(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """May this card be tried now? `card_id` is the vault's id of the card, whatever credential is used for it."""

    card_id: str
    try_id: str
    network: CardNetwork
    credential: Credential
    initiator: Initiator
    amount: Money
    on: date
    at: datetime


class HearIssuer(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """What the issuer said of a try: `code` is Visa's response code or Mastercard's advice code, empty for an
    approval.
    """

    card_id: str
    try_id: str
    code: str
    on: date
    at: datetime


class CardTried(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    card_id: str
    try_id: str
    network: CardNetwork
    credential: Credential
    initiator: Initiator
    amount: Money
    on: date
    at: datetime


class CardApproved(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    card_id: str
    try_id: str
    on: date
    at: datetime


class CardRefused(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`stops` when the network forbids another try, `not_before` when it says how long to wait."""

    card_id: str
    try_id: str
    code: str
    ruling: Literal["stops", "waits", "counts"]
    not_before: datetime | None
    on: date
    at: datetime


Command: TypeAlias = TryCard | HearIssuer
Event: TypeAlias = CardTried | CardApproved | CardRefused

# --- state


class Try(Struct, frozen=True, gc=False):
    try_id: str
    network: CardNetwork
    credential: Credential
    initiator: Initiator
    amount: Money
    at: datetime
    answer: Literal["none", "approved", "refused"] = "none"


class Card(Struct, frozen=True, tag=True):
    """Every try of a card, the code that stopped it, and until when it waits."""

    tries: tuple[Try, ...] = ()
    stopped: str = ""
    not_before: datetime | None = None


State: TypeAlias = Card


def decider(law: Law, carrier: Carrier) -> Decider[Command, State, Event]:
    """The machine for the networks that came with a state's law, and a carrier's own limit. The networks' rows are read
    when a card is first tried: a law of a day before them serves everything else.
    """
    read: list[CardRules] = []

    def decide(command: Command, state: State) -> Decision[Event]:
        if not read:
            read.append(card_rules(law.network("US-VISA"), law.network("US-MC")))
        if isinstance(command, TryCard):
            return _try(read[0], carrier.payments, command, state)
        return _hear(read[0], command, state)

    return Decider("card", Card(), _stream, decide, evolve)


def _stream(command: Command) -> str:
    return command.card_id


def _try(rules: CardRules, choices: PaymentsChoices, command: TryCard, state: Card) -> Decision[Event]:
    if any(one.try_id == command.try_id for one in state.tries):
        return ()
    return forbidden(rules, choices, command, state) or (
        CardTried(
            card_id=command.card_id,
            try_id=command.try_id,
            network=command.network,
            credential=command.credential,
            initiator=command.initiator,
            amount=command.amount,
            on=command.on,
            at=command.at,
        ),
    )


def forbidden(rules: CardRules, choices: PaymentsChoices, command: TryCard, state: Card) -> Refusal | None:
    """Why a card may not be tried now; None when it may. Whoever is about to try it asks first."""
    if state.stopped:
        return Refusal("card_stopped", f"{state.stopped} forbids another try of this card")
    if state.not_before is not None and command.at < state.not_before:
        return Refusal("card_must_wait", f"not before {state.not_before}")
    if _used_up(rules, choices, command, state):
        return Refusal("card_tries_used_up", "the card was tried as often as its network and the carrier allow")
    return None


def _used_up(rules: CardRules, choices: PaymentsChoices, command: TryCard, state: Card) -> bool:
    if command.network == "US-VISA":
        return reattempts(state, command) > min(rules.visa_reattempts, choices.card_reattempts)
    refused = [one.at for one in state.tries if one.network == "US-MC" and one.answer != "approved"]
    a_day = sum(at > command.at - timedelta(hours=24) for at in refused)
    a_window = sum(at > command.at - WINDOW for at in refused)
    return a_day >= rules.mastercard_a_day or a_window >= min(rules.mastercard_a_window, 1 + choices.card_reattempts)


def reattempts(state: Card, command: TryCard) -> int:
    """Which reattempt this would be: 0 is the first try of the card for the amount, by this credential and initiator,
    since it was last approved or within the window.
    """
    count = 0
    for one in reversed(state.tries):
        if one.at <= command.at - WINDOW:
            break
        if (one.credential, one.initiator, one.amount) != (command.credential, command.initiator, command.amount):
            continue
        if one.answer == "approved":
            break
        count += 1
    return count


def _hear(rules: CardRules, command: HearIssuer, state: Card) -> Decision[Event]:
    tried = next((one for one in state.tries if one.try_id == command.try_id), None)
    if tried is None:
        return Refusal("unknown_try", f"the card was not tried as {command.try_id}")
    if tried.answer != "none":
        same = (tried.answer == "approved") == (command.code == "")
        return () if same else Refusal("answered_otherwise", f"{command.try_id} was {tried.answer}")
    if not command.code:
        return (CardApproved(card_id=command.card_id, try_id=command.try_id, on=command.on, at=command.at),)
    wait = rules.mastercard_waits.get(command.code) if tried.network == "US-MC" else None
    stops = (
        command.code in rules.mastercard_never if tried.network == "US-MC" else visa_category(rules, command.code) == 1
    )
    return (
        CardRefused(
            card_id=command.card_id,
            try_id=command.try_id,
            code=command.code,
            ruling="stops" if stops else "counts" if wait is None else "waits",
            not_before=None if wait is None else command.at + wait,
            on=command.on,
            at=command.at,
        ),
    )


def evolve(state: State, event: Event) -> State:
    match event:
        case CardTried():
            made = Try(event.try_id, event.network, event.credential, event.initiator, event.amount, event.at)
            return Card((*state.tries, made), state.stopped, state.not_before)
        case CardApproved(try_id=try_id):
            return Card(_answered(state.tries, try_id, "approved"), state.stopped, None)
        case CardRefused(try_id=try_id, code=code, ruling=ruling, not_before=not_before):
            tries = _answered(state.tries, try_id, "refused")
            return Card(tries, code if ruling == "stops" else state.stopped, not_before or state.not_before)
        case _:
            assert_never(event)


def _answered(tries: tuple[Try, ...], try_id: str, answer: Literal["approved", "refused"]) -> tuple[Try, ...]:
    return tuple(
        Try(one.try_id, one.network, one.credential, one.initiator, one.amount, one.at, answer)
        if one.try_id == try_id
        else one
        for one in tries
    )
