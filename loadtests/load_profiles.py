"""A load profile: who comes, how they arrive, and what the deployment owes them; read strictly from TOML.

A name in loadtests/profiles, or anyone's path. What a file does not say has a default; what it says that is unknown
is an error that names the file and the key.
"""

from pathlib import Path
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from fixtures.storms import Fitted
from fixtures.toml_files import TomlFiles
from model.published.operations import OperationName

PROFILES = Path(__file__).parent / "profiles"

JourneyName = Literal["claim", "paying", "reading"]


class ProfileError(ValueError):
    """A profile that cannot be used. The message is one line that names the file and the key."""


FILES = TomlFiles("profile", PROFILES, ProfileError)


class Arrivals(Struct, frozen=True, forbid_unknown_fields=True):
    """The storm's days `from_day` to `to_day` after landfall, compressed into the seconds of the load.

    `everyday_share` of all arrivals comes evenly; with 1.0 there is no storm.
    """

    storm: Fitted = "pooled"
    from_day: float = 0.0
    to_day: float = 14.0
    everyday_share: float = 0.0


class Book(Struct, frozen=True, forbid_unknown_fields=True):
    """What must be there before the first arrival: policies in force, each with an account that owes something."""

    policies: int = 0


class ServiceLevels(Struct, frozen=True, forbid_unknown_fields=True):
    """`p95_ms` per operation, from the intended instant to the answer. `max_generator_lag_ms` binds ourselves."""

    p95_ms: dict[OperationName, float] = {}
    max_generator_lag_ms: float = 25.0
    max_unanswered_share: float = 0.0


class Profile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`rate` is in requests a second at the height, whatever the number of requests in a journey.

    `name` is what it was asked for by, `file` where it was read; neither stands in the file itself.
    """

    says: str = ""
    seed: int = 1
    seconds: float
    rate: float
    warm_up_seconds: float = 0.0
    max_in_flight: int = 400
    retry_share: float = 0.0
    arrivals: Arrivals = Arrivals()
    mix: dict[JourneyName, float]
    book: Book = Book()
    service_levels: ServiceLevels = ServiceLevels()
    name: str = ""
    file: str = ""


def profile_names() -> tuple[str, ...]:
    return FILES.names()


def load_profile(name_or_path: str) -> Profile:
    """The profile shipped under a name, or the TOML file at a path. Raises ProfileError."""
    path, read = FILES.read(name_or_path, Profile)
    if read.name or read.file:
        raise ProfileError(f"profile {path}: {'name' if read.name else 'file'}: unknown key")
    faults = faults_of(read)
    if faults:
        raise ProfileError(f"profile {path}: {'; '.join(faults)}")
    return replace(read, name=path.stem, file=str(path))


def faults_of(profile: Profile) -> tuple[str, ...]:
    """What is wrong although every type is right, each by its key; also for a profile that options have changed."""
    arrivals, levels = profile.arrivals, profile.service_levels
    claims = (
        (profile.seconds > 0, f"seconds: {profile.seconds} is not above 0"),
        (profile.rate > 0, f"rate: {profile.rate} is not above 0"),
        (
            0 <= profile.warm_up_seconds < profile.seconds,
            f"warm_up_seconds: {profile.warm_up_seconds} is not within the {profile.seconds} seconds of the load",
        ),
        (profile.max_in_flight >= 1, f"max_in_flight: {profile.max_in_flight} is not at least 1"),
        (0 <= profile.retry_share <= 1, f"retry_share: {profile.retry_share} is not in 0..1"),
        (
            0 <= arrivals.from_day < arrivals.to_day,
            f"arrivals.to_day: {arrivals.to_day} is not after from_day, which is {arrivals.from_day}",
        ),
        (
            0 <= arrivals.everyday_share <= 1,
            f"arrivals.everyday_share: {arrivals.everyday_share} is not in 0..1",
        ),
        (
            bool(profile.mix) and min(profile.mix.values()) >= 0 and abs(sum(profile.mix.values()) - 1) < 1e-9,
            f"mix: the shares sum to {sum(profile.mix.values()):g}, and must sum to 1, none below 0",
        ),
        (0 <= profile.book.policies <= 100_000, f"book.policies: {profile.book.policies} is not in 0..100000"),
        (
            profile.book.policies > 0 or not {"paying", "reading"} & profile.mix.keys(),
            "book.policies: who pays or reads needs a policy to do it for",
        ),
        (levels.max_generator_lag_ms > 0, "service_levels.max_generator_lag_ms: not above 0"),
        (0 <= levels.max_unanswered_share <= 1, "service_levels.max_unanswered_share: not in 0..1"),
    )
    found = [says for holds, says in claims if not holds]
    found += [
        f"service_levels.p95_ms.{name}: {bound} is not above 0" for name, bound in levels.p95_ms.items() if bound <= 0
    ]
    return tuple(found)
