"""The front desk: the canonical operations, asked of a core.

It turns a request in wire words into commands, and the state that follows into a view. The reference deployment
answers by it, the oracle predicts by it; neither moves the messages between the contexts here, that is their own
affair.
"""

from datetime import datetime

from model.core import Core
from model.desk.asking import Answer, Asked, Handler, NewId, View
from model.desk.billing import BILLING
from model.desk.claims import CLAIMS
from model.desk.jobs import JOBS
from model.desk.payments import PAYMENTS
from model.desk.policies import POLICIES
from model.published import requests as ask
from model.published.operations import OperationName

__all__ = ["HANDLERS", "Answer", "Desk", "NewId", "View"]

HANDLERS: dict[OperationName, Handler] = {**POLICIES, **JOBS, **BILLING, **CLAIMS, **PAYMENTS}
"""Who answers each operation."""


class Desk:
    """One desk for a core."""

    def __init__(self, core: Core, new_id: NewId) -> None:
        self._core = core
        self._new_id = new_id

    def answer(self, name: OperationName, subject: str, request: ask.Request, now: datetime) -> Answer:
        """Any operation by its name. `subject` is the id in the path, empty where a new thing is made; `now` the
        instant of asking (UTC).

        Raises TypeError for a request that is not of the operation.
        """
        return HANDLERS[name](Asked(self._core, self._new_id, name, subject, now), request)
