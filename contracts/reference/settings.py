"""What a deployment of the reference is told beside its carrier: a TOML file, and secrets from the environment.

    [idempotency]   dialect, scope, lifetime_seconds (for ever where it is left out)
    [[endpoints]]   id, url, types (every type where it is left out)
    [limits]        per_client_per_second, per_client_burst, running, waiting, retry_after_seconds

Whatever is left out is as the defaults say, which are more than a laptop can use up.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from fixtures.toml_files import decoded
from model.resilience.concurrency import ConcurrencyPolicy
from model.resilience.idempotency import Dialect, KeyPolicy, Scope
from model.resilience.token_bucket import BucketPolicy

SECRET_VARIABLE = "WINDTUNNEL_WEBHOOK_SECRET"
ENDPOINT_SECRET_VARIABLE = "WINDTUNNEL_ENDPOINT_SECRET"
FORMER_SECRET_VARIABLE = "WINDTUNNEL_WEBHOOK_SECRET_FORMER"
SECOND = 1_000_000

Count = Annotated[int, Meta(ge=1, le=1_000_000)]
Seconds = Annotated[float, Meta(gt=0, le=86_400 * 366)]


class SettingsError(ValueError):
    """A file that cannot be used. The message is one line that names the file and the key."""


class Idempotency(Struct, frozen=True, forbid_unknown_fields=True):
    """What a key means when it comes again (X3); the dialects are in model.resilience.idempotency."""

    dialect: Dialect = "replay_original"
    scope: Scope = "global"
    lifetime_seconds: Seconds | None = None

    def policy(self) -> KeyPolicy:
        lifetime = None if self.lifetime_seconds is None else int(self.lifetime_seconds * SECOND)
        return KeyPolicy(dialect=self.dialect, scope=self.scope, lifetime=lifetime)


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """`per_client` is what one client may ask a second, with a burst after a pause (X16). `running` requests are
    answered at once, `waiting` wait for them, and the rest are told to come back (X8).
    """

    per_client_per_second: Count = 5_000
    per_client_burst: Count = 10_000
    running: Count = 1_000
    waiting: Annotated[int, Meta(ge=0, le=1_000_000)] = 10_000
    retry_after_seconds: Seconds = 1.0

    def bucket(self) -> BucketPolicy:
        return BucketPolicy(tokens=self.per_client_per_second, period=SECOND, most=self.per_client_burst)

    def concurrency(self) -> ConcurrencyPolicy:
        return ConcurrencyPolicy(self.running, self.waiting, int(self.retry_after_seconds * SECOND))


class Endpoint(Struct, frozen=True, forbid_unknown_fields=True):
    """Who wants to be told of published events by webhook, and of which `types`; of all where none is named."""

    id: Annotated[str, Meta(min_length=1, max_length=24)]
    url: Annotated[str, Meta(pattern=r"^https?://[^\s/]+")]
    types: tuple[str, ...] = ()


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    idempotency: Idempotency = Idempotency()
    limits: Limits = Limits()
    endpoints: tuple[Endpoint, ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError for endpoints that go by one id; msgspec reports it as it reports a bad value."""
        ids = [endpoint.id for endpoint in self.endpoints]
        twice = next((name for name in ids if ids.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"endpoints: two go by the id {twice}")


def load_settings(path: str | None) -> Settings:
    """The defaults where no file is named. Raises SettingsError."""
    if path is None:
        return Settings()
    try:
        text = Path(path).read_bytes()
    except OSError as error:
        raise SettingsError(f"settings {path}: {error.strerror}") from None
    return decoded(text, Settings, named=f"settings {path}", wrong=SettingsError)


def webhook_secrets(environment: Mapping[str, str] = os.environ) -> tuple[bytes, ...]:
    """The processor's secret, and the former one while it is being replaced. None is set: no webhook is believed."""
    named = (environment.get(SECRET_VARIABLE, ""), environment.get(FORMER_SECRET_VARIABLE, ""))
    return tuple([secret.encode() for secret in named if secret])


def endpoint_secrets(environment: Mapping[str, str] = os.environ) -> tuple[bytes, ...]:
    """What webhooks that go out are signed with; where none is set they are not signed."""
    secret = environment.get(ENDPOINT_SECRET_VARIABLE, "")
    return (secret.encode(),) if secret else ()
