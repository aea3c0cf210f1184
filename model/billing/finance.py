"""A premium finance contract: a lender pays the whole premium, and the borrower pays the lender.

    NotFinanced --AcceptFinanceContract--> Accepted --FundContract--> Funded --MailNoticeOfIntent--> IntentMailed
                                                                        ^                             |     |
                                                                        +--------CureDefault----------+     |
                                                       Funded or CancelOrdered <---OrderCancellation--------+

After a default the lender mails a notice of intent, and when its days have run, orders the cancellation as if the
insured asked, by the power of attorney that the insured gave it (fixtures/rules/premium_payment.csv,
`premium_finance_intent_to_cancel_notice`: ten days in every act read). The insurer still tells mortgagees and agencies
in time (`insurer_third_party_notice_after_pfc_cancel`), and premium that comes back goes to the lender first, up to
what it is owed (`return_premium_to_finance_company`). One contract finances one policy.
"""

from datetime import date, timedelta
from typing import TypeAlias, assert_never

from msgspec import Struct
from msgspec.structs import replace

from model.billing.finance_messages import (
    AcceptFinanceContract,
    CancellationOrdered,
    Command,
    Contract,
    ContractFunded,
    CureDefault,
    DefaultCured,
    Event,
    FinanceContractAccepted,
    FundContract,
    LoanBalanceReported,
    MailNoticeOfIntent,
    MailThirdPartyNotice,
    NoticeOfIntentMailed,
    OrderCancellation,
    RecordReturnPremium,
    ReportLoanBalance,
    ReturnPremiumDivided,
    ThirdPartyNoticed,
)
from model.carrier import Carrier
from model.decider import Decider, Decision, Refusal
from model.jurisdiction import Law
from model.money import Money

__all__ = [
    "INTENT_RULE",
    "RETURN_RULE",
    "THIRD_PARTY_RULE",
    "AcceptFinanceContract",
    "Accepted",
    "CancelOrdered",
    "CancellationOrdered",
    "Command",
    "Contract",
    "ContractFunded",
    "CureDefault",
    "DefaultCured",
    "Event",
    "FinanceContractAccepted",
    "FundContract",
    "Funded",
    "IntentMailed",
    "LoanBalanceReported",
    "MailNoticeOfIntent",
    "MailThirdPartyNotice",
    "NotFinanced",
    "NoticeOfIntentMailed",
    "OrderCancellation",
    "RecordReturnPremium",
    "ReportLoanBalance",
    "ReturnPremiumDivided",
    "Returned",
    "State",
    "ThirdPartyNoticed",
    "decider",
    "evolve",
    "funded_part",
]

INTENT_RULE = "premium_finance_intent_to_cancel_notice"
THIRD_PARTY_RULE = "insurer_third_party_notice_after_pfc_cancel"
RETURN_RULE = "return_premium_to_finance_company"


# --- states


class Returned(Struct, frozen=True, gc=False):
    entry_id: str
    amount: Money


class NotFinanced(Struct, frozen=True, tag=True, gc=False):
    pass


class Accepted(Struct, frozen=True, tag=True):
    contract: Contract


class Funded(Struct, frozen=True, tag=True):
    """`owed` is the lender's balance; `returned` what came back of the premium."""

    contract: Contract
    payment_id: str
    owed: Money
    returned: tuple[Returned, ...] = ()


class IntentMailed(Struct, frozen=True, tag=True):
    funded: Funded
    mailed_on: date
    may_order_from: date


class CancelOrdered(Struct, frozen=True, tag=True):
    funded: Funded
    effective: date
    tell_by: date | None
    told: tuple[str, ...] = ()


State: TypeAlias = NotFinanced | Accepted | Funded | IntentMailed | CancelOrdered

# --- the machine


def decider(law: Law, carrier: Carrier) -> Decider[Command, State, Event]:
    def decide(command: Command, state: State) -> Decision[Event]:
        match command, state:
            case AcceptFinanceContract(), _:
                return _accepted(carrier, command, state)
            case RecordReturnPremium(), (NotFinanced() | Accepted()):
                # Nobody but the insured is owed what comes back of a policy that no lender paid for.
                return ()
            case _, NotFinanced():
                return Refusal("no_finance_contract", f"nobody finances {command.policy_id}")
            case FundContract(), _:
                return _funded(command, state)
            case _, Accepted():
                return Refusal("not_funded", f"the lender has not paid for {command.policy_id} yet")
            case RecordReturnPremium(), (Funded() | IntentMailed() | CancelOrdered()):
                return _divided(law, command, state)
            case ReportLoanBalance(), (Funded() | IntentMailed() | CancelOrdered()):
                return _owed(carrier, command, state)
            case MailNoticeOfIntent(), Funded(contract=contract):
                return _mailed(law, carrier, command, contract)
            case MailNoticeOfIntent(), IntentMailed():
                return ()
            case CureDefault(), IntentMailed():
                return (DefaultCured(policy_id=command.policy_id, on=command.on, at=command.at),)
            case CureDefault(), Funded():
                return ()
            case OrderCancellation(), IntentMailed():
                return _ordered(law, command, state)
            case OrderCancellation(), Funded():
                return Refusal("no_notice_of_intent", "a notice of intent is mailed first")
            case OrderCancellation(effective=effective), CancelOrdered(effective=known):
                return () if effective == known else Refusal("wrong_state", f"cancellation was ordered for {known}")
            case ((MailNoticeOfIntent() | CureDefault()), CancelOrdered()):
                return Refusal("wrong_state", "the cancellation was ordered")
            case MailThirdPartyNotice(), CancelOrdered():
                return _noticed(command, state)
            case MailThirdPartyNotice(), (Funded() | IntentMailed()):
                return Refusal("wrong_state", "nobody is told of a cancellation that was not ordered")

    return Decider("finance", NotFinanced(), _stream, decide, evolve)


def _stream(command: Command) -> str:
    return command.policy_id


def _funded_part(state: Funded | IntentMailed | CancelOrdered) -> Funded:
    return state if isinstance(state, Funded) else state.funded


def funded_part(state: State) -> Funded | None:
    """What the lender paid, however far the contract is; None when it has not paid."""
    return None if isinstance(state, (NotFinanced, Accepted)) else _funded_part(state)


def _accepted(carrier: Carrier, command: AcceptFinanceContract, state: State) -> Decision[Event]:
    contract = Contract(
        command.contract_id,
        command.lender_id,
        command.account_id,
        command.payer_id,
        command.financed,
        command.power_of_attorney_on,
        command.third_parties,
    )
    if not isinstance(state, NotFinanced):
        known = state.contract if isinstance(state, Accepted) else _funded_part(state).contract
        return () if known == contract else Refusal("already_financed", f"{known.contract_id} finances the policy")
    if contract.financed.currency != carrier.currency:
        return Refusal("wrong_currency", f"{carrier.name} is paid in {carrier.currency}")
    if contract.financed.minor <= 0:
        return Refusal("not_positive", f"a lender finances more than nothing, not {contract.financed}")
    return (FinanceContractAccepted(policy_id=command.policy_id, contract=contract, on=command.on, at=command.at),)


def _funded(command: FundContract, state: Accepted | Funded | IntentMailed | CancelOrdered) -> Decision[Event]:
    if not isinstance(state, Accepted):
        known = _funded_part(state)
        same = (known.payment_id, known.contract.financed) == (command.payment_id, command.amount)
        return () if same else Refusal("wrong_state", f"the lender paid with {known.payment_id}")
    contract = state.contract
    if command.amount != contract.financed:
        return Refusal("not_in_full", f"the lender pays {contract.financed} at once, not {command.amount}")
    return (
        ContractFunded(
            policy_id=command.policy_id,
            account_id=contract.account_id,
            payer_id=contract.payer_id,
            payment_id=command.payment_id,
            amount=command.amount,
            on=command.on,
            at=command.at,
        ),
    )


def _owed(
    carrier: Carrier, command: ReportLoanBalance, state: Funded | IntentMailed | CancelOrdered
) -> Decision[Event]:
    if command.owed.currency != carrier.currency or command.owed.minor < 0:
        return Refusal("not_owed", f"{command.owed} is nothing that a borrower owes")
    if command.owed == _funded_part(state).owed:
        return ()
    return (LoanBalanceReported(policy_id=command.policy_id, owed=command.owed, on=command.on, at=command.at),)


def _mailed(law: Law, carrier: Carrier, command: MailNoticeOfIntent, contract: Contract) -> Decision[Event]:
    if contract.power_of_attorney_on is None or command.on < contract.power_of_attorney_on:
        return Refusal("no_power_of_attorney", f"the insured gave {contract.lender_id} none to cancel")
    if law.has(INTENT_RULE):
        may_order_from = law.deadline(INTENT_RULE).due(command.on, law.holidays)
    else:
        may_order_from = command.on + timedelta(days=carrier.billing.finance_intent_days)
    return (
        NoticeOfIntentMailed(policy_id=command.policy_id, may_order_from=may_order_from, on=command.on, at=command.at),
    )


def _ordered(law: Law, command: OrderCancellation, state: IntentMailed) -> Decision[Event]:
    if command.on < state.may_order_from:
        return Refusal("notice_running", f"the notice of intent runs until {state.may_order_from}")
    contract = state.funded.contract
    tell_by = law.deadline(THIRD_PARTY_RULE).due(command.on, law.holidays) if law.has(THIRD_PARTY_RULE) else None
    return (
        CancellationOrdered(
            policy_id=command.policy_id,
            contract_id=contract.contract_id,
            account_id=contract.account_id,
            lender_id=contract.lender_id,
            effective=command.effective,
            tell=contract.third_parties,
            tell_by=tell_by,
            on=command.on,
            at=command.at,
        ),
    )


def _noticed(command: MailThirdPartyNotice, state: CancelOrdered) -> Decision[Event]:
    if command.party_id in state.told:
        return ()
    if command.party_id not in state.funded.contract.third_parties:
        return Refusal("no_third_party", f"{command.party_id} has no right to hear of it")
    late = state.tell_by is not None and command.on > state.tell_by
    return (
        ThirdPartyNoticed(
            policy_id=command.policy_id,
            party_id=command.party_id,
            timing="late" if late else "on_time",
            on=command.on,
            at=command.at,
        ),
    )


def _divided(law: Law, command: RecordReturnPremium, state: Funded | IntentMailed | CancelOrdered) -> Decision[Event]:
    funded = _funded_part(state)
    for known in funded.returned:
        if known.entry_id == command.entry_id:
            same = known.amount == command.amount
            return () if same else Refusal("entry_reused", f"{command.entry_id} was another return premium")
    if command.amount.currency != funded.owed.currency:
        return Refusal("wrong_currency", f"the loan is in {funded.owed.currency}")
    if command.amount.minor <= 0:
        return Refusal("not_positive", f"more than nothing comes back, not {command.amount}")
    to_lender = min(command.amount.minor, funded.owed.minor)
    since = state.effective if isinstance(state, CancelOrdered) else command.on
    return (
        ReturnPremiumDivided(
            policy_id=command.policy_id,
            account_id=funded.contract.account_id,
            entry_id=command.entry_id,
            lender_id=funded.contract.lender_id,
            to_lender=Money(to_lender, command.amount.currency),
            to_insured=Money(command.amount.minor - to_lender, command.amount.currency),
            due_on=law.deadline(RETURN_RULE).due(since, law.holidays) if law.has(RETURN_RULE) else None,
            on=command.on,
            at=command.at,
        ),
    )


def evolve(state: State, event: Event) -> State:
    match event:
        case FinanceContractAccepted(contract=contract):
            return Accepted(contract)
        case ContractFunded(payment_id=payment_id, amount=amount):
            return Funded(state.contract, payment_id, amount) if isinstance(state, Accepted) else state
        case _ if isinstance(state, (NotFinanced, Accepted)):
            return state
        case LoanBalanceReported(owed=owed):
            return _with_funded(state, replace(_funded_part(state), owed=owed))
        case NoticeOfIntentMailed(on=on, may_order_from=may_order_from):
            return IntentMailed(_funded_part(state), on, may_order_from)
        case DefaultCured():
            return _funded_part(state)
        case CancellationOrdered(effective=effective, tell_by=tell_by):
            return CancelOrdered(_funded_part(state), effective, tell_by)
        case ThirdPartyNoticed(party_id=party_id):
            return replace(state, told=(*state.told, party_id)) if isinstance(state, CancelOrdered) else state
        case ReturnPremiumDivided(entry_id=entry_id, to_lender=to_lender, to_insured=to_insured):
            funded, came = _funded_part(state), Returned(entry_id, to_lender + to_insured)
            return _with_funded(state, replace(funded, owed=funded.owed - to_lender, returned=(*funded.returned, came)))
        case _:
            assert_never(event)


def _with_funded(state: Funded | IntentMailed | CancelOrdered, funded: Funded) -> State:
    return funded if isinstance(state, Funded) else replace(state, funded=funded)
