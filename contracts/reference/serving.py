"""`python -m contracts.reference`: the reference deployment on one address, until somebody ends it."""

import argparse
import os
import socket
import sys
from collections.abc import Callable, Sequence
from typing import Literal

import uvicorn

from contracts.reference.app import application
from contracts.reference.auth import TOKEN_VARIABLE
from contracts.reference.defects import Defects, UnknownDefect
from contracts.reference.settings import SettingsError, load_settings, webhook_secrets
from contracts.reference.store import IN_MEMORY, Store, StoreUnusable
from fixtures.carrier_profiles import CarrierProfileError, load_carrier

LOOPBACK = "127.0.0.1"
DEFAULT_PORT = 8080
DEFAULT_CARRIER = "coastal_mutual"


class CannotServe(Exception):
    """The address, the database, the carrier or a defect cannot be used. The message says which and why."""


def serve(
    *,
    port: int,
    database: str,
    host: str,
    hooks: Literal["hooks", "none"],
    carrier: str,
    defects: Sequence[str],
    settings: str | None = None,
    tell: Callable[[str], object],
) -> None:
    """Serves until interrupted (KeyboardInterrupt) or terminated. `tell` hears one line with the addresses once there
    is somebody to answer there. Port 0 is any free one. Raises CannotServe.
    """
    token = os.environ.get(TOKEN_VARIABLE) or None
    if hooks == "hooks" and host != LOOPBACK and token is None:
        raise CannotServe(f"--hooks on {host}: anyone could plant defects; set {TOKEN_VARIABLE}")
    planted = Defects()
    try:
        for name in defects:
            planted.plant(name)
        profile, told = load_carrier(carrier), load_settings(settings)
        if database != IN_MEMORY:
            Store(database).close()
        listening = socket.create_server((host, port), backlog=2048)
    except (UnknownDefect, CarrierProfileError, SettingsError, StoreUnusable) as error:
        raise CannotServe(str(error)) from None
    except (OSError, OverflowError) as error:
        raise CannotServe(f"cannot listen on {host}:{port}: {error}") from None
    secrets = webhook_secrets()
    app = application(
        database, profile, settings=told, token=token, webhook_secrets=secrets, with_hooks=hooks, defects=planted
    )
    config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="on", timeout_graceful_shutdown=5)
    base = f"http://{host}:{listening.getsockname()[1]}"
    line = f"reference deployment on {base}  documents {base}/openapi.json {base}/asyncapi.json  events {base}/events"
    with listening:
        _Announcing(config, lambda: tell(line)).run([listening])


class _Announcing(uvicorn.Server):
    """A server that says when it is there."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], object]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: "list[socket.socket] | None" = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="contracts.reference", description=__doc__)
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="0 takes any free one")
    parser.add_argument("--database", default=IN_MEMORY, help="a path, or :memory:")
    parser.add_argument("--host", default=LOOPBACK, help="an address other than loopback has to be named")
    parser.add_argument("--hooks", action="store_const", const="hooks", default="none", help="let tests in at /_hooks")
    parser.add_argument("--carrier", default=DEFAULT_CARRIER, help="a shipped name or a path")
    parser.add_argument("--settings", help="a TOML file: limits, and what an idempotency key means")
    parser.add_argument("--defect", action="append", default=[], help="plant a named defect")
    options = parser.parse_args(arguments)
    try:
        serve(
            port=options.port,
            database=options.database,
            host=options.host,
            hooks=options.hooks,
            carrier=options.carrier,
            defects=options.defect,
            settings=options.settings,
            tell=_tell,
        )
    except CannotServe as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
