"""Every machine of the core, by context: what may be asked of each, what each tells, and the streams that it keeps."""

from collections.abc import MutableMapping
from datetime import date, datetime
from typing import TypeVar, cast, get_args

from model.billing import (
    account,
    commission,
    earning,
    finance,
    journal,
    loan,
    orders,
    producer,
    program,
    remittances,
    statement,
    suspense,
    trust,
)
from model.billing import commands as billing_commands
from model.billing.producer import Payee
from model.carrier import Carrier
from model.claims import aggregate, catastrophe, claim, file, known_policy, loss_register
from model.claims import commands as claims_commands
from model.claims.coverage import InsuredPolicy
from model.decider import Decider
from model.jurisdiction import Law
from model.payments import (
    bank_account,
    card,
    dispute,
    funds,
    holds,
    intent,
    payee,
    payout_commands,
    payout_run,
    presenting,
    processor,
    reconciliation,
    reconciliation_events,
    settlement_intake,
    webhook_out,
    worklist,
)
from model.payments import commands as payments_commands
from model.payments.routing import Health
from model.policy import commands as policy_commands
from model.policy import dwelling, moratorium, period
from model.processes import (
    cancel_for_nonpayment,
    claim_payout,
    nonpayment_messages,
    payout_messages,
    renewal_bind,
    renewal_messages,
)
from model.published.envelope import Source
from model.published.policy_projection import policy_snapshot
from model.published.policy_views import PolicySnapshot
from model.vocabulary import SOURCES, Command, Context, Event, State

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E")


class Machine:
    """A decider with the streams it keeps: the state of each and how many events made it. A host that stores them
    elsewhere puts mappings of its own in their place.
    """

    __slots__ = ("context", "decide", "evolve", "initial", "name", "sequences", "source", "states", "stream")

    def __init__(self, context: Context, decider: Decider[Command, State, Event]) -> None:
        self.context: Context = context
        self.source: Source = SOURCES[context]
        self.name = decider.name
        self.initial = decider.initial
        self.stream = decider.stream
        self.decide = decider.decide
        self.evolve = decider.evolve
        self.states: MutableMapping[str, State] = {}
        self.sequences: MutableMapping[str, int] = {}

    def story(self, stream: str) -> str:
        """What a story is called that begins with something in a stream of this machine."""
        return f"{self.name}:{stream}"


class Machines:
    """All machines under one law and one carrier, and what a reader asks of their streams."""

    def __init__(self, law: Law, carrier: Carrier) -> None:
        self.law = law
        self.carrier = carrier
        self.moratoria = _machine("policy", moratorium.decider())
        self.dwellings = _machine("policy", dwelling.decider())
        self.policies = _machine("policy", period.decider(law, carrier, self.moratoria, self.damages))
        self.orders = _machine("billing", orders.decider())
        self.accounts = _machine("billing", account.decider(law, carrier, self.heard_orders, self.is_producer))
        self.suspense = _machine("billing", suspense.decider(self.account))
        self.loans = _machine("billing", loan.decider())
        self.remittances = _machine("billing", remittances.decider(remittances.Destinations(self.account, self.loan)))
        self.producers = _machine(
            "billing", producer.decider(carrier, self.producer, producer.Trusts(self.trust, self.program))
        )
        self.commissions = _machine("billing", commission.decider(carrier, self._chain))
        self.statements = _machine("billing", statement.decider(carrier))
        self.programs = _machine("billing", program.decider(carrier, self.trust))
        self.finances = _machine("billing", finance.decider(law, carrier))
        self.trusts = _machine("billing", trust.decider(law, carrier))
        self.journals = _machine("billing", journal.decider(carrier))
        self.earnings = _machine("billing", earning.decider(carrier, self.account))
        self.claims = _machine("claims", claim.decider(law, carrier, self))
        self.catastrophes = _machine("claims", catastrophe.decider(carrier))
        self.known_policies = _machine("claims", known_policy.decider())
        self.loss_register = _machine("claims", loss_register.decider())
        self.aggregates = _machine("claims", aggregate.decider())
        self.intents = _machine("payments", intent.decider(law, carrier, self))
        self.bank_accounts = _machine("payments", bank_account.decider(law))
        self.cards = _machine("payments", card.decider(law, carrier))
        self.processors = _machine("payments", processor.decider(carrier))
        self.holds = _machine("payments", holds.decider(carrier))
        self.payees = _machine("payments", payee.decider())
        self.payout_runs = _machine("payments", payout_run.decider(carrier, self))
        self.presented_cheques = _machine("payments", presenting.decider(carrier, self))
        self.disputes = _machine("payments", dispute.decider(law.networks, carrier))
        self.reconciliation = _machine("payments", reconciliation.decider(carrier))
        self.settlements = _machine("payments", settlement_intake.decider())
        self.funds = _machine("payments", funds.decider(carrier))
        self.webhooks_out = _machine("payments", webhook_out.decider(carrier))
        self.worklist = _machine("payments", worklist.decider())
        self.payouts = _machine("processes", claim_payout.decider())
        self.nonpayments = _machine("processes", cancel_for_nonpayment.decider())
        self.renewals = _machine("processes", renewal_bind.decider())
        self.machines = self._by_command()

    def _by_command(self) -> dict[type[Command], Machine]:
        return {
            **dict.fromkeys(get_args(policy_commands.Command), self.policies),
            **dict.fromkeys(get_args(moratorium.Command), self.moratoria),
            **dict.fromkeys(get_args(dwelling.Command), self.dwellings),
            **dict.fromkeys(get_args(billing_commands.Command), self.accounts),
            **dict.fromkeys(get_args(orders.Command), self.orders),
            **dict.fromkeys(get_args(suspense.Command), self.suspense),
            **dict.fromkeys(get_args(loan.Command), self.loans),
            remittances.ReceiveRemittance: self.remittances,
            **dict.fromkeys(get_args(producer.Command), self.producers),
            **dict.fromkeys(get_args(commission.Command), self.commissions),
            **dict.fromkeys(get_args(statement.Command), self.statements),
            **dict.fromkeys(get_args(program.Command), self.programs),
            **dict.fromkeys(get_args(finance.Command), self.finances),
            **dict.fromkeys(get_args(trust.Command), self.trusts),
            **dict.fromkeys(get_args(journal.Command), self.journals),
            earning.EarnPremium: self.earnings,
            **dict.fromkeys(get_args(claims_commands.Command), self.claims),
            **dict.fromkeys(get_args(catastrophe.Command), self.catastrophes),
            **dict.fromkeys(get_args(known_policy.Command), self.known_policies),
            loss_register.NoteLoss: self.loss_register,
            **dict.fromkeys(get_args(aggregate.Command), self.aggregates),
            **dict.fromkeys(get_args(payments_commands.Command), self.intents),
            **dict.fromkeys(get_args(bank_account.Command), self.bank_accounts),
            **dict.fromkeys(get_args(card.Command), self.cards),
            processor.NoteAnswer: self.processors,
            **dict.fromkeys(get_args(holds.Command), self.holds),
            **dict.fromkeys(get_args(payee.Command), self.payees),
            **dict.fromkeys(get_args(payout_commands.Command), self.payout_runs),
            presenting.PresentCheque: self.presented_cheques,
            **dict.fromkeys(get_args(dispute.Command), self.disputes),
            **dict.fromkeys(get_args(reconciliation_events.Command), self.reconciliation),
            settlement_intake.ReceiveSettlement: self.settlements,
            **dict.fromkeys(get_args(funds.Command), self.funds),
            **dict.fromkeys(get_args(webhook_out.Command), self.webhooks_out),
            **dict.fromkeys(get_args(worklist.Command), self.worklist),
            **dict.fromkeys(get_args(payout_messages.Command), self.payouts),
            **dict.fromkeys(get_args(nonpayment_messages.Command), self.nonpayments),
            **dict.fromkeys(get_args(renewal_messages.Command), self.renewals),
        }

    def declared_catastrophes(self) -> tuple[catastrophe.Catastrophe, ...]:
        """Every catastrophe that was declared, as it was last revised."""
        if not self.catastrophes.states:
            return ()
        return tuple(
            [one.catastrophe for one in self.catastrophes.states.values() if isinstance(one, catastrophe.Declared)]
        )

    def damages(self, policy_id: str) -> tuple[dwelling.Damage, ...]:
        """What policy was told of the dwelling that a policy insures."""
        return dwelling.damages_of(cast("dwelling.State", self.dwellings.states.get(policy_id, self.dwellings.initial)))

    def heard_orders(self) -> tuple[orders.Order, ...]:
        """Every order that billing heard of, one that was lifted up to its last day."""
        if not self.orders.states:
            return ()
        heard = (orders.order_of(cast("orders.State", state)) for state in self.orders.states.values())
        return tuple(order for order in heard if order is not None)

    def policy(self, policy_id: str) -> period.State:
        return cast("period.State", self.policies.states.get(policy_id, self.policies.initial))

    def moratorium(self, moratorium_id: str) -> moratorium.State:
        return cast("moratorium.State", self.moratoria.states.get(moratorium_id, self.moratoria.initial))

    def account(self, account_id: str) -> account.State:
        return cast("account.State", self.accounts.states.get(account_id, self.accounts.initial))

    def loan(self, loan_number: str) -> loan.State:
        return cast("loan.State", self.loans.states.get(loan_number, self.loans.initial))

    def producer(self, producer_id: str) -> producer.State:
        return cast("producer.State", self.producers.states.get(producer_id, self.producers.initial))

    def is_producer(self, payer_id: str) -> bool:
        """Whether a payer is, or was, appointed to sell for the carrier."""
        return not isinstance(self.producer(payer_id), producer.Unappointed)

    def commission(self, policy_id: str) -> commission.State:
        return cast("commission.State", self.commissions.states.get(policy_id, self.commissions.initial))

    def statement(self, producer_id: str, month: str) -> statement.State:
        stream = f"{producer_id}/{month}"
        return cast("statement.State", self.statements.states.get(stream, self.statements.initial))

    def finance(self, policy_id: str) -> finance.State:
        return cast("finance.State", self.finances.states.get(policy_id, self.finances.initial))

    def program(self, program_id: str) -> program.State:
        return cast("program.State", self.programs.states.get(program_id, self.programs.initial))

    def trust(self, trust_id: str) -> trust.State:
        return cast("trust.State", self.trusts.states.get(trust_id, self.trusts.initial))

    def _chain(self, record_id: str, product: str, on: date) -> tuple[Payee, ...]:
        return producer.chain(self.producer, self.carrier, record_id, product=product, on=on)

    def claim(self, claim_id: str) -> file.State:
        return cast("file.State", self.claims.states.get(claim_id, self.claims.initial))

    def catastrophe(self, code: str) -> catastrophe.State:
        return cast("catastrophe.State", self.catastrophes.states.get(code, self.catastrophes.initial))

    def noted_losses(self, page: str) -> loss_register.State:
        return cast("loss_register.State", self.loss_register.states.get(page, self.loss_register.initial))

    def eroded(self, stream: str) -> aggregate.State:
        """What was taken of an aggregate limit, by policy, coverage and policy year (model.claims.aggregate.Page)."""
        return cast("aggregate.State", self.aggregates.states.get(stream, aggregate.UNTOUCHED))

    def intent(self, intent_id: str) -> intent.State:
        return cast("intent.State", self.intents.states.get(intent_id, self.intents.initial))

    def bank_account(self, account_id: str) -> bank_account.State:
        return cast("bank_account.State", self.bank_accounts.states.get(account_id, self.bank_accounts.initial))

    def card(self, card_id: str) -> card.State:
        return cast("card.State", self.cards.states.get(card_id, self.cards.initial))

    def processor_health(self, now: datetime) -> tuple[Health, ...]:
        """How the processors did lately, by their names; nothing where none is chosen by its answers."""
        if not self.processors.states:
            return ()
        return tuple(
            [
                health
                for name, state in sorted(self.processors.states.items())
                for health in processor.health_of(self.carrier, name, cast("processor.State", state), now=now)
            ]
        )

    def fund(self, fund_id: str) -> holds.State:
        return cast("holds.State", self.holds.states.get(fund_id, self.holds.initial))

    def payee(self, party_id: str) -> payee.State:
        return cast("payee.State", self.payees.states.get(party_id, self.payees.initial))

    def snapshot(self, policy_id: str) -> PolicySnapshot | None:
        """What the policy context answers to whoever asks about cover."""
        return policy_snapshot(self.carrier, policy_id, self.policy(policy_id))

    def told_policy(self, policy_id: str) -> known_policy.State:
        """Claims' own copy of a policy."""
        return cast("known_policy.State", self.known_policies.states.get(policy_id, self.known_policies.initial))

    def known_policy(self, policy_id: str) -> InsuredPolicy | None:
        """What the claims context knows of a policy from what was published to it."""
        known = self.told_policy(policy_id)
        return known.policy if isinstance(known, known_policy.Known) else None


def _machine(context: Context, decider: Decider[C, S, E]) -> Machine:
    """A machine of any kind as one of all kinds: `Core.machines` gives each only its own commands."""
    return Machine(context, cast("Decider[Command, State, Event]", decider))
