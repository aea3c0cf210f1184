"""What a deployment of the reference is told beside its carrier: a TOML file, and secrets from the environment.

    [idempotency]   dialect, scope, lifetime_seconds (for ever where it is left out)
    [limits]        per_client_per_second, per_client_burst, running, waiting, retry_after_seconds

Whatever is left out is as the defaults say, which are more than a laptop can use up.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from fixtures.toml_files import key_and_reason
from model.resilience.concurrency import ConcurrencyPolicy
from model.resilience.idempotency import Dialect, KeyPolicy, Scope
from model.resilience.token_bucket import BucketPolicy

SECRET_VARIABLE = "WINDTUNNEL_WEBHOOK_SECRET"
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
    running: Count = 64
    waiting: Annotated[int, Meta(ge=0, le=1_000_000)] = 10_000
    retry_after_seconds: Seconds = 1.0

    def bucket(self) -> BucketPolicy:
        return BucketPolicy(tokens=self.per_client_per_second, period=SECOND, most=self.per_client_burst)

    def concurrency(self) -> ConcurrencyPolicy:
        return ConcurrencyPolicy(self.running, self.waiting, int(self.retry_after_seconds * SECOND))


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    idempotency: Idempotency = Idempotency()
    limits: Limits = Limits()


def load_settings(path: str | None) -> Settings:
    """The defaults where no file is named. Raises SettingsError."""
    if path is None:
        return Settings()
    try:
        return msgspec.toml.decode(Path(path).read_bytes(), type=Settings)
    except OSError as error:
        raise SettingsError(f"settings {path}: {error.strerror}") from None
    except msgspec.ValidationError as error:
        raise SettingsError(f"settings {path}: {key_and_reason(error)}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"settings {path}: not TOML: {error}") from None


def webhook_secrets(environment: Mapping[str, str] = os.environ) -> tuple[bytes, ...]:
    """The processor's secret, and the former one while it is being replaced. None is set: no webhook is believed."""
    named = (environment.get(SECRET_VARIABLE, ""), environment.get(FORMER_SECRET_VARIABLE, ""))
    return tuple([secret.encode() for secret in named if secret])
