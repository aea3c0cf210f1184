"""Examples for the published documents, taken from the named histories that tests, pacts and notebooks share."""

from functools import cache

import msgspec
from msgspec.structs import replace

from contracts.job_examples import charges, coverages, job_examples, payers
from contracts.schemas_of_types import Json
from fixtures import histories as told
from fixtures.billing_histories import BILLING_HISTORIES, billing_history
from fixtures.dunning_histories import DUNNING_HISTORIES, NOTICED, dunning_history, sending_ahead
from fixtures.jurisdictions import florida
from fixtures.money_histories import MONEY_HISTORIES, money_history
from fixtures.policy_histories import POLICY_HISTORIES, policy_history
from fixtures.process_histories import ASKED_ON, PROCESS_HISTORIES, cancel_requested, exited, process_history
from fixtures.settlement_histories import SETTLEMENT_HISTORIES, settlement_history
from model.carrier import Carrier
from model.core import Core, subscribers
from model.jurisdiction import Law
from model.payments.commands import ReportFailure
from model.published import requests as ask
from model.published.envelope import Envelope
from model.published.operations import OperationName
from model.wire import to_wire

NUMBER = 1


def request_examples(operation: OperationName) -> dict[str, Json]:
    """Requests as they go over the wire, by the name of the example; empty for a read."""
    return {name: msgspec.to_builtins(request) for name, request in REQUESTS.get(operation, {}).items()}


@cache
def event_examples() -> dict[str, Json]:
    """An envelope of each published event, by its CloudEvents type."""
    found: dict[str, Json] = {}
    every = (
        *map(told.history, told.HISTORIES),
        *map(policy_history, POLICY_HISTORIES),
        *map(money_history, MONEY_HISTORIES),
        *map(billing_history, BILLING_HISTORIES),
        *map(dunning_history, DUNNING_HISTORIES),
        *map(settlement_history, SETTLEMENT_HISTORIES),
        *map(process_history, PROCESS_HISTORIES),
    )
    for history in every:
        for envelope in _published(history):
            found.setdefault(envelope.type, msgspec.to_builtins(envelope))
    for envelope in _published(dunning_history(NOTICED), *sending_ahead()):
        found.setdefault(envelope.type, msgspec.to_builtins(envelope))
    for envelope in (cancel_requested(NUMBER), exited(NUMBER, on=ASKED_ON)):
        found.setdefault(envelope.type, msgspec.to_builtins(envelope))
    return found


def _published(history: told.History, law: Law | None = None, carrier: Carrier | None = None) -> list[Envelope]:
    """Everything that is published while a history is played, and if it ends with a draft that nobody knows of, also
    that it failed.
    """
    florida_law, coastal = florida()
    core = Core(law or florida_law, carrier or coastal)
    heard: list[Envelope] = []
    commands = list(history.commands)
    if history.name == "a payment in unknown":
        on = told.due_on(0)
        commands.append(ReportFailure(intent_id=told.intent_id(NUMBER, 0), reason="R01", on=on, at=told.at(on)))
    for command in commands:
        core.submit(command)
        while core.outbox:
            envelope = core.outbox.pop(0)
            heard.append(envelope)
            for context in subscribers(envelope.type):
                core.deliver(envelope, to=context, at=command.at)
    return heard


def _quote() -> ask.QuotePolicyRequest:
    terms = told.terms(NUMBER)
    return ask.QuotePolicyRequest(
        insured_id=terms.insured_id,
        product=terms.product,
        state=terms.state,
        zone="America/New_York",
        start=terms.start,
        plan=terms.plan,
        autopay=terms.autopay,
        payers=payers(),
        coverages=coverages(terms.coverages),
        charges=charges(),
        on=told.QUOTED,
    )


def _claim() -> ask.ReportClaimRequest:
    return ask.ReportClaimRequest(
        policy_id=told.policy_id(NUMBER),
        claimant_id=told.insured_id(NUMBER),
        coverage="dwelling",
        cause="hurricane",
        loss_at=told.LANDFALL,
        intake="phone",
        on=told.NOTICE,
    )


REQUESTS: dict[OperationName, dict[str, ask.Request]] = {
    "quote_policy": {
        "a_florida_home": _quote(),
        "where_storms_are_watched": replace(_quote(), areas=("county:Lee", "zip:33901")),
    },
    **job_examples(),
    "bind_policy": {"before_the_quote_expires": ask.OnDayRequest(on=told.BOUND)},
    "issue_policy": {"on_the_day_of_binding": ask.OnDayRequest(on=told.BOUND)},
    "cancel_policy": {"midway": ask.CancelPolicyRequest(reason="insured_request", on=told.CANCELLED)},
    "run_billing": {"the_whole_term": ask.RunBillingRequest(through=told.END)},
    "receive_payment": {
        "a_check": ask.ReceivePaymentRequest(
            payer_id=told.insured_id(NUMBER), amount=to_wire(told.usd("480.00")), on=told.START
        )
    },
    "report_claim": {"a_hurricane": _claim()},
    "attach_policy": {
        "found_later": ask.AttachPolicyRequest(policy_id=told.policy_id(NUMBER), coverage="dwelling", on=told.NOTICE)
    },
    "record_repair": {"a_new_roof": ask.OnDayRequest(on=told.REBUILT)},
    "set_reserve": {
        "after_inspection": ask.SetReserveRequest(
            exposure=1, category="dwelling", amount=to_wire(told.usd("14000.00")), on=told.INSPECTED
        )
    },
    "pay_claim": {
        "part_of_it": ask.PayClaimRequest(
            exposure=1,
            category="dwelling",
            amount=to_wire(told.usd("4000.00")),
            kind="partial",
            payee_id=told.insured_id(NUMBER),
            on=told.INSPECTED,
        )
    },
    "close_claim": {"after_payment": ask.OnDayRequest(on=told.PAID)},
    "report_payment": {
        "it_went_through": ask.ReportPaymentRequest(outcome="succeeded", reason="", on=told.PAID),
        "it_bounced": ask.ReportPaymentRequest(outcome="returned", reason="R01", on=told.PAID),
    },
}
