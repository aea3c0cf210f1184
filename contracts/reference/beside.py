"""What goes on beside the requests: time passes, and webhooks go out."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from random import random
from typing import Literal

from sqlalchemy.exc import SQLAlchemyError

from contracts.reference.courier import Courier
from contracts.reference.posting import sender
from contracts.reference.service import Service, utc_now
from contracts.reference.settings import Endpoint, endpoint_secrets
from contracts.reference.store import SequenceConflict

LOG = logging.getLogger(__name__)
TIME_PASSES_EVERY_SECONDS = 60.0
COURIER_LOOKS_EVERY_SECONDS = 1.0


@asynccontextmanager
async def beside(
    service: Service, endpoints: tuple[Endpoint, ...], *, time: Literal["passes", "stands"]
) -> AsyncGenerator[None]:
    """All of it, until the deployment ends; no time where somebody else holds the clock."""
    tasks = [asyncio.create_task(_time_passes(service))] if time == "passes" else []
    if endpoints:
        tasks.append(asyncio.create_task(_courier_goes(_courier(service, endpoints))))
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()


async def _time_passes(service: Service) -> None:
    """Accounts, processes and payments wait for days and hours; a minute late is early enough."""
    while True:
        try:
            for _ in service.time_passing():
                # Requests that came meanwhile go first.
                await asyncio.sleep(0)
        except (SequenceConflict, SQLAlchemyError):
            LOG.exception("who is due hears of the time in a minute")
        await asyncio.sleep(TIME_PASSES_EVERY_SECONDS)


async def _courier_goes(courier: Courier) -> None:
    while True:
        try:
            while await courier.round():
                pass
        except (SequenceConflict, SQLAlchemyError):
            LOG.exception("webhooks go out a little later")
        await asyncio.sleep(COURIER_LOOKS_EVERY_SECONDS)


def _courier(service: Service, endpoints: tuple[Endpoint, ...]) -> Courier:
    send = sender(endpoint_secrets())
    return Courier(service.store, service.unit_of_work, utc_now, endpoints=endpoints, send=send, variate=random)
