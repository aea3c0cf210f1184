"""Which rules of the law feed which clock of a claim, what stops it, and what changes it: data, in the words of
fixtures/rules.

States word the same duty differently, so that a clock has several rule keys; the first one that the law of a state has
is its rule. A state that has none for it has no such clock. What is not here: limitation periods, and days that run
for the insured.
"""

from typing import Literal

from msgspec import Struct

from model.claims.vocabulary import Correspondent

ClockName = Literal[
    "acknowledge",
    "begin_investigation",
    "request_items",
    "inspect",
    "send_estimate",
    "complete_investigation",
    "decide",
    "offer",
    "pay_or_deny",
    "pay",
    "outside_limit",
    "status_letter",
    "answer_claimant",
    "answer_regulator",
]
Fact = Literal[
    "notice",
    "loss",
    "acknowledged",
    "investigation_begun",
    "items_requested",
    "items_received",
    "proof_of_loss",
    "proof_of_claim",
    "claim_complete",
    "estimate_made",
    "estimate_sent",
    "inspected",
    "investigation_completed",
    "accepted",
    "settlement_agreed",
    "decided",
    "denied",
    "paid",
]


class ClockRule(Struct, frozen=True):
    """`stopped_by`: the first day of any of these facts stops the clock."""

    name: ClockName
    rules: tuple[str, ...]
    stopped_by: tuple[Fact, ...]


CLOCKS: tuple[ClockRule, ...] = (
    ClockRule(
        "acknowledge",
        ("acknowledge_communication", "acknowledge_claim", "acknowledge_claim_individual"),
        ("acknowledged", "decided"),
    ),
    ClockRule(
        "begin_investigation",
        (
            "begin_investigation_after_proof_of_loss",
            "begin_investigation",
            "commence_investigation",
            "initiate_loss_adjustment",
            "bona_fide_contact_all_parties",
        ),
        ("investigation_begun", "inspected", "decided"),
    ),
    ClockRule(
        "request_items",
        (
            "request_items_statements_forms",
            "furnish_list_of_required_items",
            "send_proof_of_loss_forms",
            "furnish_proof_of_loss_form",
            "specify_proof_of_loss_materials",
        ),
        ("items_requested", "proof_of_loss", "decided"),
    ),
    ClockRule("inspect", ("complete_physical_inspection",), ("inspected",)),
    ClockRule("send_estimate", ("send_adjuster_estimate_after_creation",), ("estimate_sent",)),
    ClockRule("complete_investigation", ("complete_investigation",), ("investigation_completed", "decided")),
    ClockRule(
        "decide",
        (
            "accept_or_reject_after_all_items",
            "accept_or_reject_after_proof_and_all_items",
            "accept_or_deny_after_proof_of_claim",
            "accept_or_deny_after_proof_of_loss",
            "accept_or_deny_after_all_forms",
            "affirm_or_deny_motor_vehicle_after_proof",
            "affirm_or_deny_fire_ec_after_proof",
        ),
        ("decided",),
    ),
    ClockRule("offer", ("written_offer_after_proof_of_loss",), ("decided", "settlement_agreed", "paid")),
    ClockRule(
        "pay_or_deny",
        ("pay_or_deny_after_notice", "decide_and_or_pay_after_valid_complete_claim"),
        ("paid", "denied"),
    ),
    ClockRule(
        "pay",
        (
            "pay_after_notice_of_acceptance",
            "pay_after_acceptance",
            "pay_after_settlement_agreement",
            "pay_after_satisfactory_proof_of_loss",
            "pay_after_satisfactory_proof",
            "offer_payment_after_affirmation_of_liability",
            "pay_after_coverage_and_amount_determined",
            "pay_after_settlement",
            "pay_first_party_property_after_proof",
            "pip_payment",
            "pay_after_acceptable_proof",
        ),
        ("paid", "denied"),
    ),
    ClockRule("outside_limit", ("outside_payment_limit_before_damages",), ("paid", "denied")),
)
ANSWERS: dict[Correspondent, tuple[ClockName, tuple[str, ...]]] = {
    "claimant": (
        "answer_claimant",
        ("acknowledge_communication", "respond_to_claimant_communication", "reply_to_communication"),
    ),
    "regulator": ("answer_regulator", ("respond_to_regulator_inquiry",)),
}
"""The clock of every single communication and its rules, by who wrote. Only its own answer stops it."""
MONEY_CLOCKS: frozenset[ClockName] = frozenset({"pay_or_deny", "pay", "outside_limit"})
"""The clocks whose miss leaves the claimant without money that was due."""

TRIGGERS: dict[str, tuple[Fact, ...]] = {
    "notice": ("notice",),
    "communication": ("notice",),
    "proof_of_loss": ("proof_of_loss",),
    "proof_of_claim": ("proof_of_claim", "proof_of_loss"),
    "all_items_received": ("items_received",),
    "complete_claim": ("claim_complete",),
    "estimate_created": ("estimate_made",),
    "acceptance": ("accepted",),
    "amount_determined": ("settlement_agreed", "accepted"),
    "settlement_agreement": ("settlement_agreed", "accepted"),
    "date_of_loss": ("loss",),
}
"""The fact that each trigger word of the rows means here, the first one known. A notice is the first communication; a
sworn proof is a proof of claim, which may come earlier; an acceptance determines the amount where nothing else does.
"""


class Overlay(Struct, frozen=True):
    """What a word in a row's `overlay` column does when it holds: days are added from a rule, another rule takes the
    place of the row's own, or the row does not apply. Keys of `replaced_by` are the rules replaced, or `*`.
    """

    adds: str | None = None
    replaced_by: dict[str, tuple[str, ...]] | None = None
    does: Literal["changes", "drops"] = "changes"


OVERLAYS: dict[str, Overlay] = {
    "cat_tx_542_059": Overlay(adds="catastrophe_extension_of_542_055_to_057"),
    "arson_tx_542_056b": Overlay(replaced_by={"*": ("accept_or_reject_suspected_arson",)}),
    "arson_ny_216_6c": Overlay(replaced_by={"*": ("accept_or_reject_suspected_arson",)}),
    "fl_oir_extension": Overlay(adds="regulator_extension_of_pay_or_deny"),
    "cat_la_22_1892_a3": Overlay(replaced_by={"*": ("initiate_loss_adjustment_catastrophic",)}),
    "la_commissioner_rule": Overlay(adds="catastrophe_rule_extension_initiate"),
    "cat_la_22_1892_2": Overlay(
        replaced_by={"*": ("pay_catastrophic_residential", "pay_catastrophic_other_immovable")}
    ),
    "cat_ny_sandy": Overlay(
        replaced_by={
            "commence_investigation": ("sandy_commence_and_inspect",),
            "follow_up_letter_interval_when_more_time": ("sandy_extension_interval",),
        }
    ),
    "nj_pip_extension": Overlay(adds="pip_payment_extension"),
    "surplus_lines": Overlay(replaced_by={"*": ("acknowledge_claim_surplus_lines",)}),
    "fraud_arson_ok": Overlay(does="drops"),
    "not_auto_physical_damage": Overlay(does="drops"),
}
"""`cat_ny_2618` is not here: its day counts are set by a regulation that was not seen, so that it changes nothing."""

ALSO: dict[str, str] = {"la_commissioner_rule": "cat_la_22_1892_a3"}
"""Overlays of ours that act on the rows which name another word: the commissioner lengthens Louisiana's catastrophe
clock by a rule of its own, which the rows keep under the same word.
"""
EXTENDED_BY_LETTER = "accept_or_reject_extended_after_notice_of_more_time"
FIRST_LETTER = "status_letter_first"
NEXT_LETTERS = ("status_letter_interval", "follow_up_letter_interval_when_more_time")
