"""Cover that ends and goes on again, as far as billing is told: what is cancelled cannot be asked to be cancelled.

    in force --RecordPolicyEnd--> ended --RecordPolicyReturn--> resumed

Each cancellation is known by its day, so that news of it may come twice, after the reinstatement that undid it, or
before the charges of the policy.
"""

from datetime import date

from msgspec.structs import replace

from model.billing import delinquency, holding, pursuit
from model.billing.commands import Command
from model.billing.dispatch import Effect, Opening, effect, opening
from model.billing.dunning_commands import RecordPolicyEnd, RecordPolicyReturn
from model.billing.dunning_events import PolicyEnded, PolicyResumed
from model.billing.events import Event
from model.billing.standing import Account, EndedCover, State
from model.carrier import Carrier
from model.decider import Decision
from model.jurisdiction import Law


def openings(law: Law, carrier: Carrier) -> dict[type[Command], Opening]:
    """News of a policy may overtake its charges."""
    return dict(
        (
            opening(RecordPolicyEnd, lambda command, state: policy_ended(law, carrier, command, state)),
            opening(RecordPolicyReturn, lambda command, state: policy_returned(law, carrier, command, state)),
        )
    )


def policy_ended(law: Law, carrier: Carrier, command: RecordPolicyEnd, state: State) -> Decision[Event]:
    """What it still owes stays owed: only when nothing is past due is there nothing left to pursue."""
    if known_end(state, command.policy_id, command.cancelled_on) is not None:
        return ()
    ended = PolicyEnded(
        account_id=command.account_id,
        policy_id=command.policy_id,
        cancelled_on=command.cancelled_on,
        currency=carrier.currency,
        on=command.on,
        at=command.at,
    )
    if not isinstance(state, Account):
        return (ended,)
    events: list[Event] = [ended]
    for process in holding.processes_of(state, (command.policy_id,)):
        asked = delinquency.EndCover(
            account_id=state.account_id,
            outstanding=pursuit.past_due(carrier.billing.delinquency, state, (process.policy_id, process.invoice)),
            on=command.on,
            at=command.at,
        )
        events.extend(pursuit.answered(law, carrier, asked, process))
    return tuple(events)


def policy_returned(law: Law, carrier: Carrier, command: RecordPolicyReturn, state: State) -> Decision[Event]:
    """A reinstatement may be heard of before the cancellation that it undoes."""
    end = known_end(state, command.policy_id, command.cancelled_on)
    if end is not None and end.resumed is not None:
        return ()
    resumed = PolicyResumed(
        account_id=command.account_id,
        policy_id=command.policy_id,
        cancelled_on=command.cancelled_on,
        currency=carrier.currency,
        on=command.on,
        at=command.at,
    )
    if not isinstance(state, Account):
        return (resumed,)
    asked = delinquency.ResumeCover(account_id=state.account_id, on=command.on, at=command.at)
    processes = holding.processes_of(state, (command.policy_id,))
    return (resumed, *(event for process in processes for event in pursuit.answered(law, carrier, asked, process)))


def known_end(state: State, policy_id: str, cancelled_on: date) -> EndedCover | None:
    for end in state.ended if isinstance(state, Account) else ():
        if (end.policy_id, end.cancelled_on) == (policy_id, cancelled_on):
            return end
    return None


# --- effects


def _policy_ended(account: Account, event: PolicyEnded) -> Account:
    return replace(account, ended=(*account.ended, EndedCover(event.policy_id, event.cancelled_on)))


def _policy_resumed(account: Account, event: PolicyResumed) -> Account:
    resumed = EndedCover(event.policy_id, event.cancelled_on, event.on)
    others = [
        end for end in account.ended if (end.policy_id, end.cancelled_on) != (event.policy_id, event.cancelled_on)
    ]
    return replace(account, ended=(*others, resumed))


EFFECTS: dict[type[Event], Effect] = dict((effect(PolicyEnded, _policy_ended), effect(PolicyResumed, _policy_resumed)))
