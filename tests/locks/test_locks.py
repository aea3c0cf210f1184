"""The locks install the same files everywhere, from whatever index a user has."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = ("run", "all")


def lines_of(lock: str) -> list[str]:
    """Logical lines: a requirement with its hashes is one; comments are none."""
    text = (ROOT / "locks" / f"{lock}.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def pins_of(lock: str) -> dict[str, str]:
    pins = [re.match(r"([A-Za-z0-9._-]+)==(\S+)", line) for line in lines_of(lock)]
    return {canonicalize_name(pin[1]): pin[2] for pin in pins if pin}


def declared(*extras: str, groups: tuple[str, ...]) -> list[Requirement]:
    content = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    texts = list(content["project"]["dependencies"])
    texts += [text for extra in extras for text in content["project"]["optional-dependencies"][extra]]
    texts += [text for group in groups for text in content["dependency-groups"][group]]
    return [Requirement(text) for text in texts]


def leading_extras() -> tuple[str, ...]:
    content = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return tuple(extra for extra in content["project"]["optional-dependencies"] if extra != "all")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_of_a_lock_is_one_version_with_its_hashes(lock: str):
    bare = [
        line
        for line in lines_of(lock)
        if not re.fullmatch(r"[a-z0-9._-]+==\S+( ; .+?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*", line)
    ]

    assert bare == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address_and_no_path(lock: str):
    text = (ROOT / "locks" / f"{lock}.txt").read_text(encoding="utf-8")

    assert re.findall(r".*(?:://|index-url|find-links|file:|(?<!-c)\s/\S).*", text) == []


def test_what_a_run_installs_has_the_versions_of_the_whole():
    everything = pins_of("all")

    assert {name: everything.get(name) for name in pins_of("run")} == pins_of("run")


@pytest.mark.parametrize(
    ("lock", "requirements"),
    [
        ("run", declared("simulate", groups=("build",))),
        ("all", declared(*leading_extras(), groups=("build", "dev"))),
    ],
)
def test_a_lock_satisfies_all_that_the_project_asks_for(lock: str, requirements: list[Requirement]):
    pins = pins_of(lock)

    unmet = [
        str(requirement)
        for requirement in requirements
        if (pin := pins.get(canonicalize_name(requirement.name))) is None or pin not in requirement.specifier
    ]

    assert unmet == []


def test_the_extra_called_all_is_every_extra():
    content = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    (everything,) = (Requirement(text) for text in content["project"]["optional-dependencies"]["all"])

    assert sorted(everything.extras) == sorted(leading_extras())
