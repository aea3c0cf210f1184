"""Profiles: strict, with the file and the key in every complaint."""

import pytest

from loadtests.load_profiles import PROFILES, ProfileError, load_profile, profile_names

GOOD = """
seconds = 10.0
rate = 5
[mix]
claim = 1.0
"""


def written(tmp_path, text):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    return str(path)


def test_every_shipped_profile_loads_by_its_name():
    assert profile_names()
    for name in profile_names():
        assert load_profile(name).name == name
        assert load_profile(str(PROFILES / f"{name}.toml")) == load_profile(name)


def test_what_a_file_does_not_say_has_a_default(tmp_path):
    profile = load_profile(written(tmp_path, GOOD))
    assert (profile.name, profile.seed, profile.arrivals.storm, profile.book.policies) == ("mine", 1, "pooled", 0)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("rate = 5", "rate = 'fast'"), "rate: expected float, got str"),
        (("rate = 5", "pace = 5"), "pace: unknown key"),
        (("seconds = 10.0", ""), "seconds: missing"),
        (("rate = 5", "rate = 0"), "rate: 0"),
        (("seconds = 10.0", "seconds = -1.0"), "seconds: -1.0"),
        (("rate = 5", "rate = 5\nwarm_up_seconds = 10.0"), "warm_up_seconds: 10.0"),
        (("rate = 5", "rate = 5\nmax_in_flight = 0"), "max_in_flight: 0"),
        (("rate = 5", "rate = 5\nretry_share = 2.0"), "retry_share: 2.0"),
        (("claim = 1.0", "claim = 0.9"), "mix: the shares sum to 0.9"),
        (("claim = 1.0", "claims = 1.0"), "mix"),
        (("claim = 1.0", "reading = 1.0"), "book.policies: who pays or reads"),
        (("[mix]", "[arrivals]\nto_day = 0.0\n[mix]"), "arrivals.to_day: 0.0"),
        (("[mix]", "[arrivals]\nstorm = 'andrew'\n[mix]"), "arrivals.storm: invalid enum value 'andrew'"),
        (("[mix]", "[arrivals]\neveryday_share = 1.5\n[mix]"), "arrivals.everyday_share: 1.5"),
        (("[mix]", "[service_levels.p95_ms]\npay_claim = 0\n[mix]"), "service_levels.p95_ms.pay_claim: 0"),
        (("[mix]", "[service_levels.p95_ms]\npay_claims = 9\n[mix]"), "service_levels.p95_ms"),
        (("[mix]", "name = 'x'\n[mix]"), "name: unknown key"),
        (("[mix]", "[mix"), "not TOML"),
    ],
)
def test_a_broken_profile_names_the_file_and_the_key(tmp_path, change, says):
    path = written(tmp_path, GOOD.replace(*change))
    with pytest.raises(ProfileError) as error:
        load_profile(path)
    assert path in str(error.value)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_an_unknown_profile_says_which_there_are():
    with pytest.raises(ProfileError, match="fnol-spike"):
        load_profile("hurricane-andrew")
