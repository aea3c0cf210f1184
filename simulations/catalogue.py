"""Where scenarios are found: shipped kinds by name, anyone's own by the path of a Python file, values by a TOML file.

A Python file of a user's own holds one `Kind` at its top level:

    STORM = Kind("storm", "A storm over one county.", Storm, run, assumed=(), calibrated=())
"""

import sys
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

from msgspec import Struct

from simulations import catastrophe
from simulations.parameters import BadScenario, decoded, default_scenario, like, parameters
from simulations.run import Kind
from simulations.toml import plain, toml_line

AnyKind: TypeAlias = Kind[Any]

KINDS: dict[str, AnyKind] = {kind.name: kind for kind in (catastrophe.KIND,)}
"""What is shipped, by name."""


class Scene(Struct, frozen=True):
    """A kind of scenario, the word under which it is found again, and a scenario of that kind."""

    reference: str
    kind: AnyKind
    scenario: Any


def kind_names() -> tuple[str, ...]:
    """Of the shipped kinds."""
    return tuple(KINDS)


def find_kind(reference: str) -> AnyKind:
    """The shipped kind of this name, or the one in the Python file at this path. Raises BadScenario."""
    if reference in KINDS:
        return KINDS[reference]
    if reference.endswith(".py"):
        return _kind_of_file(Path(reference))
    raise BadScenario(f"no scenario {reference!r}{like(reference, kind_names())} (or the path of a .toml or .py)")


def find_scene(reference: str) -> Scene:
    """A kind with its defaults, or what a scenario.toml says. Raises BadScenario, which names what is wrong in it."""
    if not reference.endswith(".toml"):
        kind = find_kind(reference)
        return Scene(reference, kind, default_scenario(kind))
    path = Path(reference)
    try:
        return scene_of_toml(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadScenario(f"{path}: {error.strerror}; give a scenario's name or the path of its .toml") from None
    except BadScenario as error:
        raise BadScenario(f"{path}: {error}") from None
    except ValueError as error:
        raise BadScenario(f"{path}: not TOML: {error}") from None


def scene_of_toml(text: str) -> Scene:
    """What `scene_toml` wrote, or a person. Raises BadScenario; tomllib.TOMLDecodeError when it is not TOML."""
    values = tomllib.loads(text)
    reference = values.pop("scenario", None)
    if not isinstance(reference, str):
        raise BadScenario(f'no line `scenario = "..."` that names the kind, such as {kind_names()[0]!r}')
    kind = find_kind(reference)
    return Scene(reference, kind, decoded(kind, values))


def scene_toml(scene: Scene) -> str:
    """Every parameter with its unit and meaning; `scene_of_toml` gives the same scene. Raises ValueError for a scenario
    that TOML cannot hold: a parameter that is None though its default is not."""
    lines = [toml_line("scenario", scene.reference), f"# {scene.kind.says}", ""]
    values: dict[str, Any] = plain(scene.scenario)
    for parameter in parameters(scene.kind):
        about = ", ".join(part for part in (parameter.unit, parameter.allowed) if part)
        lines += [f"# {line}" for line in (*parameter.meaning.splitlines(), f"[{about}]")]
        value = values[parameter.name]
        lines += ([f"# {parameter.name} = none"] if value is None else [toml_line(parameter.name, value)]) + [""]
    text = "\n".join(lines)
    if scene_of_toml(text).scenario != scene.scenario:
        raise ValueError(f"{scene.kind.name}: a scenario file would not give the same scenario: {scene.scenario}")
    return text


def _kind_of_file(path: Path) -> AnyKind:
    if not path.is_file():
        raise BadScenario(f"{path}: no such file; a scenario of your own is a Python file with one Kind in it")
    folder = str(path.resolve().parent)
    if folder not in sys.path:
        # Worker processes get this path along and import the file under the same name.
        sys.path.append(folder)
    try:
        module = import_module(path.stem)
    except Exception as error:
        raise BadScenario(f"{path}: cannot be imported: {type(error).__name__}: {error}") from error
    if module.__file__ is None or not path.samefile(module.__file__):
        raise BadScenario(f"{path}: another module is called {path.stem!r}; rename the file")
    kinds: list[AnyKind] = [value for value in vars(module).values() if isinstance(value, Kind)]
    if len(kinds) != 1:
        raise BadScenario(f"{path}: {len(kinds)} values of type simulations.run.Kind at its top level; it takes one")
    return kinds[0]
