"""Where a core lives and what it can do, read strictly from TOML: a name in contracts/deployments, or anyone's path.

    [http]            base_url
    [auth]            kind (none, bearer), token_env
    [broker]          kind (feed), url
    [idempotency]     dialect (header, none), header
    [capabilities]    clock, drain, fault, seed, snapshot
    [operations.NAME] method, path, lacks
    [states."..."]    steps
    [load]            allowed, max_rate
    [carrier]         name or path
    [start]           command

What a deployment does not say it can do is not asked of it, and whatever that leaves unchecked is named.
"""

import os
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from fixtures.carrier_profiles import CarrierProfileError, load_carrier
from fixtures.toml_files import TomlFiles
from model.carrier import Carrier
from model.published.operations import BY_NAME, OperationName

DEPLOYMENTS = Path(__file__).parent / "deployments"


class DeploymentError(ValueError):
    """A deployment file that cannot be used. The message is one line that names the file and the key."""


FILES = TomlFiles("deployment", DEPLOYMENTS, DeploymentError)


class Http(Struct, frozen=True, forbid_unknown_fields=True):
    """`timeout_seconds` bounds one call; an answer that does not come in time may have happened or not."""

    base_url: str
    timeout_seconds: float = 10.0


class Auth(Struct, frozen=True, forbid_unknown_fields=True):
    """`token_env` names the environment variable that holds the token: a secret is in no file."""

    kind: Literal["none", "bearer"] = "none"
    token_env: str = ""


class Broker(Struct, frozen=True, forbid_unknown_fields=True):
    """Where published events can be read. A `feed` is a page of the deployment itself: GET url?after=POSITION."""

    kind: Literal["none", "feed"]
    url: str = ""


class Idempotency(Struct, frozen=True, forbid_unknown_fields=True):
    dialect: Literal["header", "none"] = "none"
    header: str = "Idempotency-Key"


class Capabilities(Struct, frozen=True, forbid_unknown_fields=True):
    """What tests may ask of a deployment beside its business; `drain` waits until every event is delivered. With
    `clock` its time stands until somebody tells it to pass; without, a night may come at any moment.
    """

    clock: bool = False
    drain: bool = False
    fault: bool = False
    seed: bool = False
    snapshot: bool = False


class OperationRecipe(Struct, frozen=True, forbid_unknown_fields=True):
    """How this deployment spells a canonical operation, and the fields that its answer `lacks` and owes nobody."""

    method: Literal["GET", "POST", "PUT"] | None = None
    path: str | None = None
    lacks: tuple[str, ...] = ()


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """One public operation of a recipe. `${name}` in `subject` and in strings of `request` stands for what was
    captured or handed in; `capture` says under which name to keep a top-level field of the answer.
    """

    operation: OperationName
    subject: str = ""
    request: dict[str, Any] | None = None
    capture: dict[str, str] = {}


class StateRecipe(Struct, frozen=True, forbid_unknown_fields=True):
    steps: tuple[Step, ...]


class Load(Struct, frozen=True, forbid_unknown_fields=True):
    """`max_rate` in requests a second. Load is allowed only where a file says so."""

    allowed: bool = False
    max_rate: float = 0.0


class CarrierChoice(Struct, frozen=True, forbid_unknown_fields=True):
    """A shipped profile by `name`, or a TOML file by `path`, seen from the deployment file."""

    name: str = ""
    path: str = ""


class Start(Struct, frozen=True, forbid_unknown_fields=True):
    """The `command` that starts the deployment: `{port}` is a free port, `{python}` this interpreter."""

    command: tuple[str, ...]
    ready_seconds: float = 30.0


class Deployment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`name` is what it was asked for by, `file` where it was read; neither stands in the file itself."""

    http: Http
    auth: Auth = Auth()
    broker: Broker | None = None
    idempotency: Idempotency = Idempotency()
    capabilities: Capabilities = Capabilities()
    operations: dict[OperationName, OperationRecipe] = {}
    states: dict[str, StateRecipe] = {}
    load: Load = Load()
    carrier: CarrierChoice = CarrierChoice(name="coastal_mutual")
    start: Start | None = None
    name: str = ""
    file: str = ""

    def token(self) -> str | None:
        """The bearer token out of the environment. Raises DeploymentError when it should be there and is not."""
        if self.auth.kind == "none":
            return None
        token = os.environ.get(self.auth.token_env, "")
        if not token:
            raise DeploymentError(
                f"deployment {self.file}: auth.token_env: the environment variable {self.auth.token_env} is not set"
            )
        return token

    def carrier_profile(self) -> Carrier:
        """Raises DeploymentError for a profile that cannot be used."""
        chosen = self.carrier.name or str(Path(self.file).parent / self.carrier.path)
        try:
            return load_carrier(chosen)
        except CarrierProfileError as error:
            key = "carrier.name" if self.carrier.name else "carrier.path"
            raise DeploymentError(f"deployment {self.file}: {key}: {error}") from None


def deployment_names() -> tuple[str, ...]:
    return FILES.names()


def load_deployment(name_or_path: str) -> Deployment:
    """The deployment shipped under a name, or the TOML file at a path. Raises DeploymentError."""
    path, read = FILES.read(name_or_path, Deployment)
    if read.name or read.file:
        raise DeploymentError(f"deployment {path}: {'name' if read.name else 'file'}: unknown key")
    faults = _faults(read)
    if faults:
        raise DeploymentError(f"deployment {path}: {'; '.join(faults)}")
    broker = read.broker if read.broker is not None and read.broker.kind != "none" else None
    return replace(read, broker=broker, name=path.stem, file=str(path))


def is_loopback(address: str) -> bool:
    """Whether a web address is this machine's own: whatever proxy is set, it does not lead there."""
    host = urlsplit(address).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")


def _faults(read: Deployment) -> tuple[str, ...]:
    """What is wrong although every type is right, each by its key."""
    found: list[str] = []
    if not _is_web_address(read.http.base_url):
        found.append(f"http.base_url: {read.http.base_url!r} is not an http(s) address such as http://127.0.0.1:8000")
    if not 0 < read.http.timeout_seconds <= 600:
        found.append(f"http.timeout_seconds: {read.http.timeout_seconds} is not in 0..600")
    if read.auth.kind == "bearer" and not read.auth.token_env:
        found.append("auth.token_env: a bearer token comes from an environment variable; name it")
    if read.broker is not None and read.broker.kind == "feed" and not read.broker.url.startswith("/"):
        found.append(f"broker.url: {read.broker.url!r} does not start with /, and a feed is a page of the deployment")
    for name, recipe in read.operations.items():
        subject = BY_NAME[name].subject
        if recipe.path is not None and not recipe.path.startswith("/"):
            found.append(f"operations.{name}.path: {recipe.path!r} does not start with /")
        if recipe.path is not None and subject and f"{{{subject}}}" not in recipe.path:
            found.append(f"operations.{name}.path: {recipe.path!r} has no place for {{{subject}}}")
        fields = BY_NAME[name].answer.__struct_fields__
        found.extend(
            f"operations.{name}.lacks: {field!r} is none of its answer" for field in recipe.lacks if field not in fields
        )
    if read.load.allowed and read.load.max_rate <= 0:
        found.append("load.max_rate: where load is allowed, say how many requests a second at most")
    if bool(read.carrier.name) == bool(read.carrier.path):
        found.append("carrier: give either name or path")
    if read.start is not None and not read.start.command:
        found.append("start.command: empty")
    return tuple(found)


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
