"""Pictures of the machines, drawn from what they do.

`python -m windtunnel.pages.pictures` writes them into the README and docs.

Nobody draws an arrow by hand. A machine is asked every sample command in every state that the samples lead to, and each
answer that leads to another state is an arrow with the name of the command. A picture that no longer fits its machine
fails a test.
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from functools import reduce
from pathlib import Path
from typing import Any, TypeAlias, TypeVar, cast

from msgspec.structs import replace

from fixtures import histories as given
from fixtures.jurisdictions import florida
from model.decider import Decision, Refusal
from model.policy import commands as ask
from model.policy import docket, job, moratorium, period
from model.policy.edits import AdjustCharge
from model.policy.proposals import PolicyChange, Reinstatement, Renewal, Rewrite
from model.processes import (
    cancel_for_nonpayment,
    claim_payout,
    nonpayment_messages,
    payout_messages,
    renewal_bind,
    renewal_messages,
)
from model.processes.shape import ProcessName
from model.waiting import STEPS

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E")
Arrow: TypeAlias = tuple[str, str, str]

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "machines.md"
README = ROOT / "README.md"
BEGIN, END = "<!-- {} begins: written by windtunnel.pages.pictures -->", "<!-- {} ends -->"
ASKED, LONG_AFTER = date(2026, 9, 21), date(2028, 9, 21)
REPRESENTATIVES = 12
"""How many different states of one name are asked; more would only draw the same arrows again."""


def arrows(
    initial: S,
    commands: Iterable[C],
    decide: Callable[[C, S], Decision[E]],
    evolve: Callable[[S, E], S],
    name: Callable[[S], str],
) -> tuple[Arrow, ...]:
    """(state, command, next state), in the order in which they are found, breadth first."""
    every = tuple(commands)
    found: dict[Arrow, None] = {}
    known: dict[str, list[S]] = {name(initial): [initial]}
    waiting = [initial]
    while waiting:
        state = waiting.pop(0)
        for command in every:
            answer = decide(command, state)
            if isinstance(answer, Refusal) or not answer:
                continue
            after = reduce(evolve, answer, state)
            if name(after) != name(state):
                found[name(state), type(command).__name__, name(after)] = None
            alike = known.setdefault(name(after), [])
            if after not in alike and len(alike) < REPRESENTATIVES:
                alike.append(after)
                waiting.append(after)
    return tuple(found)


def diagram(found: Iterable[Arrow]) -> str:
    """The arrows as a Mermaid state diagram; several commands between the same states share one arrow."""
    labels: dict[tuple[str, str], list[str]] = {}
    first = ""
    for before, command, after in found:
        first = first or before
        labels.setdefault((before, after), []).append(command)
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {first}"]
    lines.extend(f"    {before} --> {after}: {', '.join(names)}" for (before, after), names in labels.items())
    return "\n".join((*lines, "```"))


def policy_arrows() -> tuple[Arrow, ...]:
    machine = period.decider(*florida())
    on, renewing = date(2026, 8, 3), date(2027, 4, 15)
    back = given.CANCELLED + timedelta(days=5)
    renewed = replace(given.terms(1), start=given.END, end=given.END.replace(year=given.END.year + 1))
    notice = ask.GiveNotice(policy_id=given.policy_id(1), reason="nonpayment", mailed_on=on, on=on, at=given.at(on))
    commands: tuple[ask.Command, ...] = (
        given.quote(1),
        given.bind(1),
        given.issue(1),
        notice,
        ask.RescindCancellation(policy_id=given.policy_id(1), on=on, at=given.at(on)),
        given.cancel(1),
        *_job("R", Reinstatement(back), back),
        *_job("W", Rewrite(given.terms(1)), on),
        *_job("N", Renewal(renewed), renewing),
        given.expire(1),
    )
    return arrows(machine.initial, commands, machine.decide, machine.evolve, lambda state: type(state).__name__)


def _job(
    job_id: str, proposal: Reinstatement | Rewrite | Renewal, on: date
) -> tuple[ask.OpenJob, ask.QuoteJob, ask.BindJob, ask.IssueJob]:
    policy, at = given.policy_id(1), given.at(on)
    return (
        ask.OpenJob(policy_id=policy, job_id=job_id, proposal=proposal, on=on, at=at),
        ask.QuoteJob(policy_id=policy, job_id=job_id, on=on, at=at),
        ask.BindJob(policy_id=policy, job_id=job_id, paid=given.usd("1.00"), on=on, at=at),
        ask.IssueJob(policy_id=policy, job_id=job_id, on=on, at=at),
    )


def job_arrows() -> tuple[Arrow, ...]:
    on = date(2026, 8, 3)
    late = on + timedelta(days=31)
    change = PolicyChange(on, (AdjustCharge("premium", given.usd("1.00")),))
    facts = job.Facts(1, ("underwriter",), expires=late - timedelta(days=1), merged=change)
    policy, at = given.policy_id(1), given.at(on)
    commands: list[ask.JobCommand] = [
        ask.QuoteJob(policy_id=policy, job_id="J", on=on, at=at),
        ask.EditJob(policy_id=policy, job_id="J", proposal=replace(change, effective=late), on=on, at=at),
        ask.BindJob(policy_id=policy, job_id="J", on=on, at=at),
        ask.IssueJob(policy_id=policy, job_id="J", on=on, at=at),
        ask.MergeJob(policy_id=policy, job_id="J", on=on, at=at),
    ]
    commands.extend(
        ask.CloseJob(policy_id=policy, job_id="J", outcome=outcome, on=late, at=at)
        for outcome in ("declined", "withdrawn", "not_taken", "expired")
    )
    begun = job.Job("J", change, "draft", 1)
    alone = arrows(begun, commands, lambda command, state: job.decide(command, state, facts), job.evolve, _status)
    lost = job.Job("J", change, "preempted", 1)
    merged = arrows(lost, commands[-5:], lambda command, state: job.decide(command, state, facts), job.evolve, _status)
    statuses = dict.fromkeys(state for before, _, after in alone for state in (before, after))
    sibling = tuple(
        arrow for state in statuses for arrow in _preempted(replace(begun, status=cast("job.Status", state)))
    )
    return (*alone, *sibling, *(arrow for arrow in merged if arrow[0] == "preempted"))


def _preempted(waiting: job.Job) -> tuple[Arrow, ...]:
    """What becomes of a job when another one is bound."""
    fallen = docket.preempted(docket.Docket((waiting,)), "P", winner="K", on=date.min, at=given.at(date.min))
    return tuple((waiting.status, "(another is bound)", job.evolve(waiting, event).status) for event in fallen)


def _status(state: job.Job) -> str:
    return state.status


def moratorium_arrows() -> tuple[Arrow, ...]:
    machine = moratorium.decider()
    on = date(2026, 9, 8)
    watch = moratorium.Moratorium("WATCH", ("FL",), (), (), on, None, (moratorium.Suspended("bind", "refuse"),))
    commands: tuple[moratorium.Command, ...] = (
        moratorium.DeclareMoratorium(moratorium=watch, on=on, at=given.at(on)),
        moratorium.EndMoratorium(moratorium_id="WATCH", on=on + timedelta(days=4), at=given.at(on)),
    )
    return arrows(machine.initial, commands, machine.decide, machine.evolve, lambda state: type(state).__name__)


def _later(about: dict[str, Any], day: date) -> dict[str, Any]:
    return about | {"at": given.at(day)}


def payout_arrows() -> tuple[Arrow, ...]:
    machine = claim_payout.decider()
    about: dict[str, Any] = {"payment_id": "PAY", "on": ASKED, "at": given.at(ASKED)}
    moved: dict[str, Any] = {**about, "claim_id": "C"}
    asked: dict[str, Any] = {**moved, "payee_id": "I", "amount": given.usd("1.00")}
    commands: tuple[payout_messages.Command, ...] = (
        payout_messages.StartPayout(**asked, wish="above_authority"),
        payout_messages.StartPayout(**asked, wish="within_authority"),
        payout_messages.ApprovalGiven(**about),
        payout_messages.ApprovalRefused(**about),
        payout_messages.PayoutConfirmed(**moved),
        payout_messages.PayoutFailed(**moved),
        payout_messages.PayoutUnknown(**moved),
        payout_messages.NothingFound(**about),
        *(payout_messages.PayoutAskRefused(**about, step=step, code="no") for step in range(1, 4)),
        payout_messages.PayoutTimePassed(**_later(about, LONG_AFTER)),
    )
    return arrows(machine.initial, commands, machine.decide, machine.evolve, lambda state: type(state).__name__)


def nonpayment_arrows() -> tuple[Arrow, ...]:
    machine = cancel_for_nonpayment.decider()
    about: dict[str, Any] = {"process_id": "D", "on": ASKED, "at": given.at(ASKED)}
    whose: dict[str, Any] = {**about, "account_id": "A", "policy_id": "P"}
    effective = ASKED + timedelta(days=10)
    at = given.at(effective)
    commands: tuple[nonpayment_messages.Command, ...] = (
        nonpayment_messages.RequestCancellation(**whose, amount=given.usd("1.00")),
        nonpayment_messages.EndDelinquency(**whose, cause="paid"),
        nonpayment_messages.HearNoticeGiven(**about, notice_id="N", effective=effective, takes_effect_at=at),
        nonpayment_messages.HearRescinded(**about),
        nonpayment_messages.HearCancelled(**about, effective=effective),
        nonpayment_messages.HearReinstated(**about),
        nonpayment_messages.HearHeld(**about),
        *(nonpayment_messages.NonpaymentAskRefused(**about, step=step, code="moratorium") for step in range(1, 6)),
        *(nonpayment_messages.NonpaymentAskRefused(**about, step=step, code="wrong_state") for step in range(1, 6)),
        nonpayment_messages.NonpaymentTimePassed(**_later(about, LONG_AFTER)),
    )
    return arrows(machine.initial, commands, machine.decide, machine.evolve, lambda state: type(state).__name__)


def renewal_arrows() -> tuple[Arrow, ...]:
    machine = renewal_bind.decider()
    about: dict[str, Any] = {"policy_id": "P", "on": ASKED, "at": given.at(ASKED)}
    job_of: dict[str, Any] = {**about, "job_id": "R"}
    one = given.usd("1.00")
    charges = (renewal_messages.OfferedCharge("premium", one),)
    offer = renewal_messages.Offer(
        "R", "A", LONG_AFTER, LONG_AFTER, "UTC", LONG_AFTER, "payment", "monthly", "off", (), charges
    )
    commands: tuple[renewal_messages.Command, ...] = (
        renewal_messages.OfferRenewal(**about, offer=offer),
        renewal_messages.HearBilled(**job_of, first=10, due=one),
        renewal_messages.HearPaid(**about, paid=(renewal_messages.Paid("M", 10, one),)),
        renewal_messages.HearBound(**job_of),
        renewal_messages.HearRenewed(**job_of),
        renewal_messages.HearClosed(**job_of, outcome="not_taken"),
        renewal_messages.HearApproved(**job_of),
        renewal_messages.HearMoneyReturned(**about),
        renewal_messages.HearUndone(**job_of),
        *(renewal_messages.RenewalAskRefused(**about, step=step, code="moratorium") for step in range(1, 7)),
        *(renewal_messages.RenewalAskRefused(**about, step=step, code="wrong_state") for step in range(1, 7)),
        renewal_messages.RenewalTimePassed(**_later(about, LONG_AFTER + timedelta(days=99))),
    )
    return arrows(machine.initial, commands, machine.decide, machine.evolve, lambda state: type(state).__name__)


def steps_of(process: ProcessName) -> str:
    """The table of steps of a process, as it is declared."""
    lines = ["| asks | of | waits | then | moves | undone by |", "|---|---|---|---|---|---|"]
    for step in STEPS[process]:
        waits = step.untimed if step.waits is None else _told(step.waits)
        waits += "" if step.looked_at is None else f"; looked at after {_told(step.looked_at)}"
        lines.append(
            f"| {step.asks} | {step.of} | {waits} | {step.then} | {step.moves} | {step.undone_by or step.final} |"
        )
    return "\n".join(lines)


def _told(waits: timedelta | str) -> str:
    """`4 h`, `5 d`, or the day that an answer names."""
    if isinstance(waits, str):
        return "until the day that was named"
    hours = int(waits.total_seconds()) // 3600
    return f"{hours // 24} d" if hours % 24 == 0 else f"{hours} h"


PICTURES: dict[str, Callable[[], tuple[Arrow, ...]]] = {
    "policy": policy_arrows,
    "job": job_arrows,
    "moratorium": moratorium_arrows,
    "claim_payout": payout_arrows,
    "cancel_for_nonpayment": nonpayment_arrows,
    "renewal_bind": renewal_arrows,
}


def drawn(text: str) -> str:
    """A page with every picture that it has markers for drawn anew."""
    for name, found in PICTURES.items():
        text = _filled(text, name, lambda found=found: diagram(found()))
    for process in STEPS:
        text = _filled(text, f"{process} steps", lambda process=process: steps_of(process))
    return text


def _filled(text: str, name: str, content: Callable[[], str]) -> str:
    begin, end = BEGIN.format(name), END.format(name)
    before, marked, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    return f"{before}{begin}\n{content()}\n{end}{after}" if marked and closed else text


def main(pages: Sequence[str]) -> int:
    """Draws the pages given, or the shipped ones."""
    for page in map(Path, pages or (PAGE, README)):
        page.write_text(drawn(page.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
