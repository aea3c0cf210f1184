"""What the generator's process is told: one file with everything that it needs, except the token."""

from datetime import date
from pathlib import Path

import msgspec
from msgspec import Struct

from contracts.deployment import Deployment
from loadtests.journeys import Insured
from loadtests.load_profiles import Profile

ORDER_VARIABLE = "WINDTUNNEL_LOAD_ORDER"


class Order(Struct, frozen=True, kw_only=True):
    """`lines` is where the record goes. `run` marks the idempotency keys of this load."""

    base_url: str
    deployment: Deployment
    profile: Profile
    run: str
    today: date
    book: tuple[Insured, ...]
    lines: str


def write_order(order: Order, path: Path) -> None:
    path.write_bytes(msgspec.json.encode(order))


def read_order(path: Path) -> Order:
    return msgspec.json.decode(path.read_bytes(), type=Order)
