"""The processor's webhooks: believed by their signature, recorded with what follows from them, and then answered.

    raw bytes --> signed? --> timely? --> legible? --> recorded and acted on in one transaction --> 200 --> delivered

A 200 says that it is on the disk and need not be sent again, whether it was news, known, too old or of a type that
nobody here knows. What the core would not do because of it is a case for a person. The stream of an object stands
among those of the machines and is written like theirs.
"""

from collections.abc import Callable
from datetime import datetime
from functools import reduce
from typing import Literal

import msgspec
from msgspec import Struct

from contracts.reference.answer import Answer, refused
from contracts.reference.store import NewEvent, Store, Transaction
from contracts.reference.unit_of_work import UnitOfWork
from model.decider import Refusal
from model.payments import webhook_in
from model.payments.webhook_in import ReceiveWebhook, SenderPolicy, Webhook, WebhookTaken
from model.payments.webhook_news import CONTENTS, Command, case_of, command_of

SENDER = "processor"
SIGNATURE_HEADER = "x-webhook-signature-512"
POLICY = SenderPolicy(kinds=frozenset(CONTENTS))
MACHINE = webhook_in.decider(POLICY)
STATE = msgspec.json.Decoder(webhook_in.State)


class WebhookHeard(Struct, frozen=True):
    """`taken` is news, `seen` came before, and `passed_over` is older than what we know or of a type that nobody here
    knows.
    """

    event_id: str
    outcome: Literal["taken", "seen", "passed_over"]


class Webhooks:
    """Without `secrets` nobody can be believed, and every webhook is refused."""

    def __init__(
        self,
        store: Store,
        unit_of_work: Callable[[Transaction], UnitOfWork],
        clock: Callable[[], datetime],
        secrets: tuple[bytes, ...],
    ) -> None:
        self._store = store
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._secrets = secrets

    def receive(self, raw: bytes, signed: str) -> Answer:
        at = self._clock()
        if not self._secrets:
            return refused(Refusal("webhook_secret_missing", "no secret is set here, so that nobody can be believed"))
        webhook = webhook_in.read(raw, signed, self._secrets)
        if isinstance(webhook, Refusal):
            return refused(webhook)
        asked = webhook_in.untimely(POLICY, webhook, at=at) or command_of(webhook, raw, at=at)
        if isinstance(asked, Refusal):
            return refused(asked)
        heard = self._record(webhook, asked, at)
        if isinstance(heard, Refusal):
            return refused(heard)
        return Answer(200, msgspec.json.encode(heard))

    def _record(self, webhook: Webhook, asked: Command | None, at: datetime) -> WebhookHeard | Refusal:
        command = ReceiveWebhook(sender=SENDER, webhook=webhook, on=at.date(), at=at)
        stream = MACHINE.stream(command)
        with self._store.writing_through() as transaction:
            kept = transaction.stream(MACHINE.name, stream)
            state = MACHINE.initial if kept is None else STATE.decode(kept.state)
            decision = MACHINE.decide(command, state)
            if isinstance(decision, Refusal):
                return decision
            if not decision:
                return WebhookHeard(webhook.event_id, "seen")
            transaction.append(
                MACHINE.name,
                stream,
                expected=0 if kept is None else kept.sequence,
                events=[NewEvent(one.at.isoformat(), msgspec.json.encode(one)) for one in decision],
                state=msgspec.json.encode(reduce(MACHINE.evolve, decision, state)),
            )
            if asked is None or not isinstance(decision[0], WebhookTaken):
                return WebhookHeard(webhook.event_id, "passed_over")
            self._act(transaction, asked)
            return WebhookHeard(webhook.event_id, "taken")

    def _act(self, transaction: Transaction, asked: Command) -> None:
        unit = self._unit_of_work(transaction)
        answer = unit.core.submit(asked)
        if isinstance(answer, Refusal):
            unit.core.submit(case_of(asked, answer))
        unit.write()
