import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from simulations.catalogue import KINDS, Scene, find_kind, find_scene, scene_of_toml, scene_toml
from simulations.parameters import BadScenario
from simulations.toml import plain, toml_line, toml_value

TOY = str(Path(__file__).with_name("toy.py"))


def test_a_shipped_scenario_is_found_by_its_name():
    assert find_scene("catastrophe").kind is KINDS["catastrophe"]
    assert find_scene("catastrophe").scenario == KINDS["catastrophe"].scenario()


def test_a_scenario_of_ones_own_is_found_by_its_path():
    assert find_kind(TOY).name == "toy"
    assert find_kind(TOY) is find_kind(TOY)


@pytest.mark.parametrize("reference", ["catastrophe", TOY])
def test_a_scenario_file_gives_the_same_scenario(reference: str):
    scene = find_scene(reference)
    assert scene_of_toml(scene_toml(scene)) == scene


def test_a_scenario_file_keeps_every_change(tmp_path: Path):
    scene = find_scene(TOY)
    storm = replace(scene.scenario, claims=7, weights=(0.1, 0.9), note='a "b" \\ ü\n', topology="events")
    path = tmp_path / "storm.toml"
    path.write_text(scene_toml(Scene(TOY, scene.kind, storm)), encoding="utf-8")
    assert find_scene(str(path)) == Scene(TOY, scene.kind, storm)


def test_a_scenario_file_needs_only_what_it_changes(tmp_path: Path):
    path = tmp_path / "small.toml"
    path.write_text(f'scenario = "{TOY}"\nclaims = 3\n')
    assert find_scene(str(path)).scenario.claims == 3
    assert find_scene(str(path)).scenario.adjusters == 10


def test_a_scenario_file_explains_each_parameter():
    text = scene_toml(find_scene(TOY))
    assert "# people at work\n# [people, a whole number, at least 1]\nadjusters = 10" in text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("claims = 3", 'no line `scenario = "..."`'),
        ('scenario = "toys.py"', "toys.py: no such file"),
        ('scenario = "catastroph"', "did you mean 'catastrophe'?"),
        ('scenario = "catastrophe"\npolices = 3', "did you mean 'policies'?"),
        ('scenario = "catastrophe"\npolicies = "many"', "policies="),
        ("scenario = ", "not TOML"),
    ],
)
def test_what_is_wrong_with_a_scenario_file_is_said_with_its_name(tmp_path: Path, text: str, says: str):
    path = tmp_path / "wrong.toml"
    path.write_text(text)
    with pytest.raises(BadScenario) as refused:
        find_scene(str(path))
    assert str(refused.value).startswith(f"{path}: ")
    assert says in str(refused.value)


def test_a_file_that_is_not_text_is_refused(tmp_path: Path):
    path = tmp_path / "binary.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadScenario, match="not TOML"):
        find_scene(str(path))


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("no_kind_here", "x = 1", "0 values of type simulations.run.Kind"),
        ("broken_syntax", "def", "cannot be imported: SyntaxError"),
        ("statistics", "x = 1", "another module is called 'statistics'"),
    ],
)
def test_a_python_file_without_a_usable_scenario_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, says: str
):
    monkeypatch.setattr(sys, "path", [*sys.path])
    path = tmp_path / f"{name}.py"
    path.write_text(text)
    with pytest.raises(BadScenario, match=says):
        find_kind(str(path))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (3, "3"),
        (0.1, "0.1"),
        (float("-inf"), "-inf"),
        ('a"\\\n\x7f', '"a\\"\\\\\\n\\u007f"'),
        ([1, [2]], "[1, [2]]"),
        ({"a b": {"c": "d"}}, '{"a b" = {c = "d"}}'),
    ],
)
def test_values_are_written_as_toml_writes_them(value: object, text: str):
    assert toml_value(plain(value)) == text


def test_a_list_too_long_for_a_line_is_set_in_several():
    line = toml_line("names", ["x" * 60, "y" * 60])
    assert line.count("\n") == 3
    assert scene_of_toml(f'scenario = "{TOY}"\nweights = {toml_value([0.123456789] * 20)}').scenario.weights[19] < 1


def test_toml_has_no_word_for_nothing():
    with pytest.raises(ValueError, match="no word for None"):
        toml_value(None)
