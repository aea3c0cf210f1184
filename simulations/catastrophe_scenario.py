"""What can be set in `catastrophe`: every parameter with its unit, its bounds and what it means.

Defaults are calibrated to published data where there is any and ASSUMED where there is none; `ASSUMED` and
`CALIBRATED` say which, and the run folder repeats it.
"""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct


def _unit(unit: str, says: str) -> Meta:
    return Meta(description=says, extra={"unit": unit})


Count = Annotated[int, Meta(ge=0)]
Share = Annotated[float, Meta(ge=0.0, le=1.0)]
Positive = Annotated[float, Meta(gt=0.0)]
NotNegative = Annotated[float, Meta(ge=0.0)]


class CatastropheScenario(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A hurricane strikes a seeded book of Florida homeowners policies."""

    carrier: Annotated[str, _unit("name or path", "the insurer's choices")] = "coastal_mutual"
    law_as_of: Annotated[
        date | None, _unit("date", "the day whose Florida law applies; the day of landfall if not set")
    ] = None

    designation: Annotated[
        Literal["undeclared", "regulator_extension"], _unit("act", "what the regulator declares for the storm's claims")
    ] = "undeclared"
    policies: Annotated[int, Meta(ge=1, le=5_000_000), _unit("policies", "size of the book")] = 10_000
    landfall: Annotated[date, _unit("date", "day 0")] = date(2026, 9, 10)
    horizon_days: Annotated[int, Meta(ge=1, le=365), _unit("days", "how long to watch")] = 120

    mortgagee_share: Annotated[Share, _unit("share", "policies whose mortgagee pays the year")] = 0.62
    full_pay_share: Annotated[Share, _unit("share", "policies paid in full by the insured")] = 0.14
    two_pay_share: Annotated[Share, _unit("share", "policies paid in two installments")] = 0.06
    four_pay_share: Annotated[Share, _unit("share", "policies paid in four installments")] = 0.06
    monthly_share: Annotated[Share, _unit("share", "policies paid monthly; the five shares sum to 1")] = 0.12
    autopay_share: Annotated[Share, _unit("share", "insureds who are drafted, of those who pay themselves")] = 0.5

    storm: Annotated[Literal["irma", "ian", "pooled"], _unit("storm", "whose notices arrive")] = "pooled"
    claim_share: Annotated[Share, _unit("share", "policies that will ever claim; Irma 0.146, Ian 0.054")] = 0.146
    loss_share_mean: Annotated[Positive, _unit("share of dwelling limit", "mean gross loss")] = 0.065
    loss_share_cv: Annotated[Positive, _unit("ratio", "spread of the gross loss")] = 1.2

    phone_share: Annotated[Share, _unit("share", "notices by phone")] = 0.6
    web_share: Annotated[Share, _unit("share", "notices by web; the rest come through agents")] = 0.25
    phone_agents_per_10000_policies: Annotated[NotNegative, _unit("people", "who answer the phone, day and night")] = (
        4.0
    )
    phone_minutes_mean: Annotated[Positive, _unit("minutes", "to take a notice by phone")] = 15.0
    agent_delay_hours_mean: Annotated[Positive, _unit("hours", "until an agent passes a notice on")] = 18.0
    triage_clerks_per_10000_policies: Annotated[NotNegative, _unit("people", "who route claims")] = 3.0
    triage_minutes_mean: Annotated[Positive, _unit("minutes", "to route a claim")] = 8.0
    straight_through_share: Annotated[Share, _unit("share", "small web claims that nobody touches")] = 0.3
    straight_through_dollars: Annotated[NotNegative, _unit("dollars", "what such a claim pays at most")] = 5_000.0

    adjusters_asked_per_1000_claims: Annotated[NotNegative, _unit("people", "asked for, by expected claims")] = 38.65
    adjusters_found_at_landfall_share: Annotated[Share, _unit("share", "of those asked for, there on day 0")] = 0.32
    adjusters_found_share: Annotated[Share, _unit("share", "of those asked for, there after the ramp")] = 0.60
    ramp_days: Annotated[int, Meta(ge=1, le=365), _unit("days", "until all that can be found are there")] = 10
    desk_share: Annotated[Share, _unit("share", "of adjusters, and of claims, that need no visit")] = 0.3
    field_caseload: Annotated[int, Meta(ge=1), _unit("claims", "a field adjuster carries at most")] = 100
    desk_caseload: Annotated[int, Meta(ge=1), _unit("claims", "a desk adjuster carries at most")] = 150
    inspection_hours_mean: Annotated[Positive, _unit("hours", "to visit and estimate")] = 3.0
    desk_estimate_hours_mean: Annotated[Positive, _unit("hours", "to estimate from the desk")] = 1.0
    settlement_hours_mean: Annotated[Positive, _unit("hours", "to settle, and again for the final payment")] = 0.75
    appointment_days_mean: Annotated[Positive, _unit("days", "until the insured lets an adjuster in")] = 9.0
    appointment_days_cv: Annotated[Positive, _unit("ratio", "spread of that")] = 0.9
    contested_share: Annotated[Share, _unit("share", "losses below the deductible that are argued about")] = 0.7
    documents_days_mean: Annotated[Positive, _unit("days", "until the insured has sent everything")] = 45.0
    documents_days_cv: Annotated[Positive, _unit("ratio", "spread of that")] = 1.0
    advance_share: Annotated[Share, _unit("share", "covered claims with an advance at inspection")] = 0.15
    advance_dollars: Annotated[NotNegative, _unit("dollars", "paid in advance at most")] = 2_500.0
    contractor_share: Annotated[Share, _unit("share", "paid claims whose last part waits for repair")] = 0.4
    contractor_days_mean: Annotated[Positive, _unit("days", "until the repair is done")] = 40.0
    contractor_days_cv: Annotated[Positive, _unit("ratio", "spread of that")] = 0.8
    held_back_share: Annotated[Share, _unit("share", "of a payment that waits for the repair")] = 0.3

    topology: Annotated[Literal["point_to_point", "events"], _unit("pattern", "how the systems are tied")] = (
        "point_to_point"
    )
    outbox: Annotated[Literal["topology", "on", "off"], _unit("protection", "unsent messages are kept")] = "topology"
    inbox: Annotated[Literal["topology", "on", "off"], _unit("protection", "repeated messages are known")] = "topology"
    breaker: Annotated[Literal["off", "on"], _unit("protection", "calls that keep failing are not made")] = "off"
    limit: Annotated[Literal["off", "on"], _unit("protection", "calls under way on one link are bounded")] = "off"
    rate: Annotated[Literal["off", "on"], _unit("protection", "who is called too fast says when to come again")] = "off"
    fault: Annotated[Literal["none", "carrier_outage"], _unit("fault", "what fails")] = "carrier_outage"
    outage_starts_day: Annotated[NotNegative, _unit("days", "after the start of day 0")] = 4.4
    outage_hours: Annotated[NotNegative, _unit("hours", "that it lasts")] = 6.0
    duplicate_share: Annotated[Share, _unit("share", "messages that arrive twice")] = 0.001
    reconciliation_clerks: Annotated[Count, _unit("people", "who mend what the morning's control finds")] = 2
    reconciliation_minutes_mean: Annotated[Positive, _unit("minutes", "to mend one difference")] = 20.0

    renewal_share: Annotated[Share, _unit("share", "policies that renew")] = 0.85
    new_business_per_year_share: Annotated[Share, _unit("share of book a year", "people who ask for a quote")] = 0.3
    new_business_bind_share: Annotated[Share, _unit("share", "of them who bind")] = 0.3
    cancel_per_year_share: Annotated[Share, _unit("share of book a year", "insureds who cancel")] = 0.05
    decision_days_mean: Annotated[Positive, _unit("days", "from quote to bind")] = 6.0
    never_pays_share: Annotated[Share, _unit("share", "bills without autopay that nobody pays")] = 0.02
    nonpayment: Annotated[
        Literal["requested", "cancelled"],
        _unit("outcome", "of dunning: billing asks for the cancellation, or a process also has policy decide it"),
    ] = "requested"
    payer_late_days_mean: Annotated[Positive, _unit("days", "after the due date that others pay")] = 3.0
    bank_answer_hours_mean: Annotated[Positive, _unit("hours", "until a payment is confirmed")] = 20.0
    payment_failure_share: Annotated[Share, _unit("share", "payments that are declined")] = 0.02
    payment_unknown_share: Annotated[Share, _unit("share", "payments that time out")] = 0.003
    inquiry_hours: Annotated[NotNegative, _unit("hours", "until a payment that timed out is known")] = 12.0
    return_share: Annotated[Share, _unit("share", "collections that the bank sends back")] = 0.008
    return_days_mean: Annotated[Positive, _unit("days", "until it does")] = 1.5

    def __post_init__(self) -> None:
        """Raises ValueError for parameters that do not go together; msgspec reports it as it reports a bad value."""
        mix = self.billing_mix()
        if abs(sum(mix.values()) - 1.0) > 1e-9:
            names = ", ".join(f"{plan}_share" for plan in mix)
            raise ValueError(f"{names}: the shares sum to {sum(mix.values()):g}, and must sum to 1")
        if self.phone_share + self.web_share > 1.0 + 1e-9:
            raise ValueError(f"phone_share, web_share: {self.phone_share} + {self.web_share} is more than 1")
        if self.adjusters_found_at_landfall_share > self.adjusters_found_share:
            raise ValueError("adjusters_found_at_landfall_share: cannot be more than adjusters_found_share")
        if self.topology == "events" and "on" in (self.breaker, self.limit, self.rate):
            raise ValueError("breaker, limit, rate: they guard calls, and where topology is events nobody calls")

    def billing_mix(self) -> dict[str, float]:
        return {
            "mortgagee": self.mortgagee_share,
            "full_pay": self.full_pay_share,
            "two_pay": self.two_pay_share,
            "four_pay": self.four_pay_share,
            "monthly": self.monthly_share,
        }


CALIBRATED = (
    "storm",
    "claim_share",
    "adjusters_asked_per_1000_claims",
    "adjusters_found_at_landfall_share",
    "adjusters_found_share",
    "phone_minutes_mean",
    "inspection_hours_mean",
    "field_caseload",
    "loss_share_mean",
    "loss_share_cv",
    "appointment_days_mean",
    "appointment_days_cv",
    "contested_share",
    "documents_days_mean",
    "documents_days_cv",
    "contractor_share",
    "contractor_days_mean",
    "contractor_days_cv",
)
"""Tied to published figures: the storm's curves, Irma's claims and staffing (2,500 asked for, 800 then 1,500 found,
for 64,682 claims), and the waits so that claims close as Irma's and Ian's did and about as many without payment.
"""

CHOSEN = (
    "carrier",
    "law_as_of",
    "designation",
    "policies",
    "landfall",
    "horizon_days",
    "topology",
    "outbox",
    "inbox",
    "breaker",
    "limit",
    "rate",
    "fault",
    "nonpayment",
)
"""The experimenter's own."""

ASSUMED = tuple(name for name in CatastropheScenario.__struct_fields__ if name not in CALIBRATED and name not in CHOSEN)
"""No source was found for the default; a carrier has these figures."""
