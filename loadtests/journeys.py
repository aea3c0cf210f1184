"""Who comes under load, and what they must be told: stories over the canonical operations.

    claim    quote -> bind -> issue -> report a claim -> reserve -> pay -> the processor pays out -> read
    paying   read the account -> pay -> (the same again under the same key) -> read: it is there once
    reading  one look at a policy, at its cover or at an account

Every number in a story follows from the dice and the number of the arrival, so that the same load comes twice. The
days lie before `today`, because a core refuses a loss in the future.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, TypeVar

from msgspec import Struct

from fixtures.variates import Variates
from loadtests.asking import Ask, Part, Walk, WrongAnswer, heard, must_be, unanswered
from loadtests.load_profiles import JourneyName, Profile
from model.payments.naming import payout_id
from model.published import requests as ask
from model.published.account_views import AccountView
from model.published.claim_views import ClaimPaymentView, ClaimView
from model.published.intent_views import IntentView
from model.published.operations import OperationName
from model.published.policy_views import CoverageView, PolicyView
from model.wire import Amount

V = TypeVar("V")

TERM_BEGAN_DAYS_AGO = 100
QUOTED_DAYS_BEFORE, BOUND_DAYS_BEFORE = 31, 22
LOSS_DAYS_AGO = 5
POLL_SECONDS = 0.1
POLLS = 50
PREMIUM, TAX, FEE = "2400.00", "43.20", "25.00"
COVERAGE = "dwelling"


class Insured(Struct, frozen=True, gc=False):
    """A policy of the book, with the account that is billed for it."""

    policy_id: str
    account_id: str
    insured_id: str


class Scene(Struct, frozen=True):
    """What one arrival starts from. `run` makes its idempotency keys those of this load and of no other; `keys` says
    whether the deployment takes any.
    """

    arrival: int
    dice: Variates
    today: date
    run: str
    person: str
    book: tuple[Insured, ...] = ()
    keys: Literal["taken", "not_taken"] = "taken"
    retry_share: float = 0.0

    def key(self, operation: OperationName) -> str | None:
        return f"{self.run}-{self.arrival}-{operation}" if self.keys == "taken" else None

    def one_of_the_book(self) -> Insured:
        return self.book[int(self.dice.uniform("load_insured", self.arrival) * len(self.book))]

    def insured_id(self) -> str:
        return f"{self.person}-{self.arrival}"


class Journey(Struct, frozen=True):
    """`requests` is how many requests one walk makes on average when nothing has to be asked twice."""

    name: JourneyName
    walk: Callable[[Scene], Walk]
    requests: Callable[[Profile], float]


# --- the stories


def claim(scene: Scene) -> Walk:
    """Somebody who becomes insured, has a loss, and is paid."""
    insured = yield from _policy_in_force(scene, plan="full_pay")
    loss_at = datetime.combine(scene.today - timedelta(days=LOSS_DAYS_AGO), time(18, 30), UTC)
    reported = heard(
        (
            yield Ask(
                "report_claim",
                request=ask.ReportClaimRequest(
                    policy_id=insured.policy_id,
                    claimant_id=insured.insured_id,
                    coverage=COVERAGE,
                    cause="hurricane",
                    loss_at=loss_at,
                    intake=("phone", "web", "agent")[scene.dice.choice("load_intake", scene.arrival, (0.6, 0.85, 1.0))],
                    on=scene.today,
                ),
                key=scene.key("report_claim"),
            )
        ),
        ClaimView,
    )
    must_be(reported.policy_id, insured.policy_id, "the claim's policy")
    must_be(reported.status, "open", "a covered claim")
    yield from _paid_out(scene, insured, reported.claim_id)


def paying(scene: Scene) -> Walk:
    """Somebody pays a little of the bill; a share of them is impatient and sends the payment again."""
    insured = scene.one_of_the_book()
    before = heard((yield Ask("read_account", insured.account_id)), AccountView)
    must_be(before.account_id, insured.account_id, "the account")
    amount = distinct_amount(scene.arrival)
    payment = Ask(
        "receive_payment",
        insured.account_id,
        ask.ReceivePaymentRequest(payer_id=insured.insured_id, amount=amount, on=scene.today),
        key=scene.key("receive_payment"),
    )
    reply = yield payment
    impatient = scene.dice.uniform("load_retry", scene.arrival) < scene.retry_share
    if not unanswered(reply):
        _paid_once(heard(reply, AccountView), amount)
    if scene.keys == "taken" and (unanswered(reply) or impatient):
        # The whole point of the key: a client that does not know, or does not wait, asks again and pays once.
        reply = yield payment
    _paid_once(heard(reply, AccountView), amount)
    _paid_once(heard((yield Ask("read_account", insured.account_id)), AccountView), amount)


def reading(scene: Scene) -> Walk:
    """One look at something."""
    insured = scene.one_of_the_book()
    match scene.dice.choice("load_looks_at", scene.arrival, (0.4, 0.7, 1.0)):
        case 0:
            policy = heard((yield Ask("read_policy", insured.policy_id, ask.PolicyQuestion())), PolicyView)
            must_be(policy.policy_id, insured.policy_id, "the policy")
        case 1:
            noon = datetime.combine(scene.today, time(12), UTC)
            question = ask.CoverageQuestion(at=noon, coverage=COVERAGE)
            cover = heard((yield Ask("read_coverage", insured.policy_id, question)), CoverageView)
            must_be(cover.covered, "yes", f"the {COVERAGE} cover of a policy in force")
        case _:
            account = heard((yield Ask("read_account", insured.account_id)), AccountView)
            must_be(account.account_id, insured.account_id, "the account")


def opening(scene: Scene) -> Part[Insured]:
    """How a policy of the book is made: in force, billed, with something due."""
    insured = yield from _policy_in_force(scene, plan="four_pay")
    yield from until_there(Ask("read_account", insured.account_id, not_yet=("unknown_account",)), AccountView)
    through = scene.today
    bill = Ask("run_billing", insured.account_id, ask.RunBillingRequest(through=through), key=scene.key("run_billing"))
    account = heard((yield bill), AccountView)
    if account.invoices is not None and not any(each.status in ("billed", "due") for each in account.invoices):
        raise WrongAnswer(f"nothing of account {account.account_id} was billed through {through}")
    return insured


JOURNEYS: dict[JourneyName, Journey] = {
    "claim": Journey("claim", claim, lambda _: 9.0),
    "paying": Journey("paying", paying, lambda profile: 3.0 + profile.retry_share),
    "reading": Journey("reading", reading, lambda _: 1.0),
}


def requests_per_arrival(profile: Profile) -> float:
    """How many requests an arrival of this mix makes on average."""
    return sum(share * JOURNEYS[name].requests(profile) for name, share in profile.mix.items())


def journey_of(profile: Profile, dice: Variates, arrival: int) -> Journey:
    """Whose turn it is."""
    shares = list(profile.mix.values())
    cumulative = [sum(shares[: place + 1]) for place in range(len(shares))]
    return JOURNEYS[list(profile.mix)[dice.choice("load_journey", arrival, cumulative)]]


def distinct_amount(arrival: int) -> Amount:
    """From 20.00 dollars up, a cent more with every arrival, so that an audit can tell one payment from another."""
    return Amount(f"{20 + arrival // 100}.{arrival % 100:02d}", "USD")


# --- their parts


def until_there(question: Ask, kind: type[V]) -> Part[V]:
    """Asks until what was published elsewhere has arrived. Raises WrongAnswer when it does not arrive at all."""
    reply = yield question
    later = Ask(
        question.operation,
        question.subject,
        question.request,
        question.key,
        after=POLL_SECONDS,
        not_yet=question.not_yet,
    )
    for _ in range(POLLS):
        if reply.code not in question.not_yet:
            return heard(reply, kind)
        reply = yield later
    if reply.code in question.not_yet:
        waited = f"{POLLS * POLL_SECONDS:g} s"
        raise WrongAnswer(f"{question.operation} of {question.subject} still says {reply.code} after {waited}")
    return heard(reply, kind)


def _policy_in_force(scene: Scene, *, plan: str) -> Part[Insured]:
    start = scene.today - timedelta(days=TERM_BEGAN_DAYS_AGO)
    quoted_on, bound_on = start - timedelta(days=QUOTED_DAYS_BEFORE), start - timedelta(days=BOUND_DAYS_BEFORE)
    request = _quote(scene, plan=plan, start=start, on=quoted_on)
    quoted = heard((yield Ask("quote_policy", request=request, key=scene.key("quote_policy"))), PolicyView)
    must_be(quoted.status, "quoted", "a quote")
    on_bound = ask.OnDayRequest(on=bound_on)
    bound = heard((yield Ask("bind_policy", quoted.policy_id, on_bound, scene.key("bind_policy"))), PolicyView)
    must_be(bound.status, "bound", "a policy that was bound")
    issued = heard((yield Ask("issue_policy", quoted.policy_id, on_bound, scene.key("issue_policy"))), PolicyView)
    must_be(issued.status, "in_force", "a policy that was issued")
    must_be(issued.account_id, quoted.account_id, "the account of the issued policy")
    return Insured(issued.policy_id, issued.account_id, scene.insured_id())


def _quote(scene: Scene, *, plan: str, start: date, on: date) -> ask.QuotePolicyRequest:
    return ask.QuotePolicyRequest(
        insured_id=scene.insured_id(),
        product="homeowners",
        state="FL",
        zone="America/New_York",
        start=start,
        plan=plan,
        autopay="off",
        payers=(ask.AskedPayer(scene.insured_id(), "insured", 1),),
        coverages=(ask.AskedCoverage(COVERAGE, _usd("300000.00"), _usd("1000.00"), _usd("6000.00")),),
        charges=(
            ask.AskedCharge("premium", _usd(PREMIUM)),
            ask.AskedCharge("tax", _usd(TAX)),
            ask.AskedCharge("fee", _usd(FEE)),
        ),
        on=on,
    )


def _paid_out(scene: Scene, insured: Insured, claim_id: str) -> Walk:
    """Reserve, payment, the processor's word, and the claim that knows of it."""
    dollars = 4_000 + int(scene.dice.uniform("load_reserve", scene.arrival) * 20_000)
    reserve = ask.SetReserveRequest(exposure=1, category=COVERAGE, amount=_usd(f"{dollars}.00"), on=scene.today)
    reserved = heard((yield Ask("set_reserve", claim_id, reserve, scene.key("set_reserve"))), ClaimView)
    if reserved.lines is not None:
        opened = [line.open.amount for line in reserved.lines]
        must_be(opened, [f"{dollars}.00"], "the open reserve")
    payment = ask.PayClaimRequest(
        exposure=1,
        category=COVERAGE,
        amount=_usd(f"{dollars // 2}.00"),
        kind="final" if scene.dice.uniform("load_final", scene.arrival) < 0.5 else "partial",
        payee_id=insured.insured_id,
        on=scene.today,
    )
    asked = heard((yield Ask("pay_claim", claim_id, payment, scene.key("pay_claim"))), ClaimView)
    if asked.payments is None:
        # Without the payment's id there is nobody to tell the processor's word to.
        return
    ours = _only_payment(asked, payment.amount)
    moving = payout_id(claim_id, ours.payment_id)
    intent = Ask("read_payment", moving, not_yet=("unknown_payment",))
    started = yield from until_there(intent, IntentView)
    must_be(started.amount, payment.amount, "the payment on its way")
    told = ask.ReportPaymentRequest(outcome="succeeded", reason="", on=scene.today)
    done = heard((yield Ask("report_payment", moving, told, scene.key("report_payment"))), IntentView)
    must_be(done.status, "succeeded", "a payment that succeeded")
    _only_payment(heard((yield Ask("read_claim", claim_id)), ClaimView), payment.amount)


def _only_payment(view: ClaimView, amount: Amount) -> ClaimPaymentView:
    payments = view.payments or ()
    if len(payments) != 1 or payments[0].amount != amount:
        there = ", ".join(payment.amount.amount for payment in payments) or "none"
        raise WrongAnswer(f"one payment of {amount.amount} was asked for, there are: {there}")
    return payments[0]


def _paid_once(account: AccountView, amount: Amount) -> None:
    if account.payments is None:
        return
    times = sum(payment.amount == amount for payment in account.payments)
    must_be(times, 1, f"how often a payment of {amount.amount}, made once, is on account {account.account_id}")


def _usd(text: str) -> Amount:
    return Amount(text, "USD")
