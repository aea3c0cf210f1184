from pathlib import Path

import pytest

from contracts.deployment import DeploymentError, deployment_names, is_loopback, load_deployment

WORKING = '[http]\nbase_url = "http://127.0.0.1:8000"\n'


def written(folder: Path, text: str) -> str:
    path = folder / "staging.toml"
    path.write_text(text)
    return str(path)


def test_the_reference_deployment_is_shipped_and_says_how_it_is_started():
    reference = load_deployment("reference")
    assert "reference" in deployment_names()
    assert reference.start is not None
    assert "{port}" in reference.start.command


def test_a_path_loads_as_a_name_does(tmp_path):
    staging = load_deployment(written(tmp_path, WORKING))
    assert (staging.name, staging.http.base_url) == ("staging", "http://127.0.0.1:8000")


def test_what_a_file_does_not_say_a_deployment_cannot_do(tmp_path):
    staging = load_deployment(written(tmp_path, WORKING))
    assert not staging.capabilities.drain
    assert not staging.load.allowed
    assert staging.idempotency.dialect == "none"
    assert staging.broker is None


def test_a_broker_of_kind_none_is_none(tmp_path):
    assert load_deployment(written(tmp_path, WORKING + '[broker]\nkind = "none"\n')).broker is None


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("http://127.0.0.1:1", True),
        ("https://localhost/x", True),
        ("http://[::1]:5", True),
        ("http://core.test", False),
    ],
)
def test_this_machine_is_known_by_its_address(address, own):
    assert is_loopback(address) is own


BROKEN = {
    "http: missing": "",
    "http.base_url: missing": "[http]\n",
    "http.base_url: expected str": "[http]\nbase_url = 8000\n",
    "http.base_url: '127.0.0.1:8000' is not": '[http]\nbase_url = "127.0.0.1:8000"\n',
    "http.base_url: 'http://[::' is not": '[http]\nbase_url = "http://[::"\n',
    "http.timeout_seconds": WORKING + "timeout_seconds = 0.0\n",
    "http.port: unknown key": WORKING + "port = 1\n",
    "capabilites: unknown key": WORKING + "[capabilites]\ndrain = true\n",
    "capabilities.drain: expected bool": WORKING + '[capabilities]\ndrain = "yes"\n',
    "auth.kind: invalid enum value": WORKING + '[auth]\nkind = "magic"\n',
    "auth.token_env": WORKING + '[auth]\nkind = "bearer"\n',
    "operations": WORKING + '[operations.sell_policy]\npath = "/x"\n',
    "operations.read_policy.path: 'policies' does not start": WORKING + '[operations.read_policy]\npath = "policies"\n',
    "operations.read_policy.path: '/policies' has no place": WORKING + '[operations.read_policy]\npath = "/policies"\n',
    "operations.read_policy.lacks: 'price'": WORKING + '[operations.read_policy]\nlacks = ["price"]\n',
    "broker.url: 'kafka:9092' does not": WORKING + '[broker]\nkind = "feed"\nurl = "kafka:9092"\n',
    "load.max_rate": WORKING + "[load]\nallowed = true\n",
    "carrier: give either": WORKING + '[carrier]\nname = "coastal_mutual"\npath = "own.toml"\n',
    "start.command: empty": WORKING + "[start]\ncommand = []\n",
    "not TOML": "[http\n",
    "name: unknown key": 'name = "staging"\n' + WORKING,
}


@pytest.mark.parametrize("key", BROKEN)
def test_a_broken_file_is_one_line_that_names_file_and_key(tmp_path, key):
    path = written(tmp_path, BROKEN[key])
    with pytest.raises(DeploymentError) as raised:
        load_deployment(path)
    line = str(raised.value)
    assert path in line
    assert key in line
    assert "\n" not in line


def test_an_unknown_name_is_told_the_names_there_are():
    with pytest.raises(DeploymentError, match="reference"):
        load_deployment("stagging")


def test_a_token_comes_from_the_environment_and_must_be_there(tmp_path, monkeypatch):
    staging = load_deployment(written(tmp_path, WORKING + '[auth]\nkind = "bearer"\ntoken_env = "STAGING_TOKEN"\n'))
    monkeypatch.setenv("STAGING_TOKEN", "secret")
    assert staging.token() == "secret"
    monkeypatch.delenv("STAGING_TOKEN")
    with pytest.raises(DeploymentError, match=r"auth\.token_env: the environment variable STAGING_TOKEN is not set"):
        staging.token()


def test_a_carrier_by_path_is_looked_for_beside_the_deployment_file(tmp_path):
    shipped = Path(__file__).parents[2] / "fixtures" / "carriers" / "coastal_mutual.toml"
    (tmp_path / "own.toml").write_text(shipped.read_text().replace("Coastal Mutual", "Our Own"))
    staging = load_deployment(written(tmp_path, WORKING + '[carrier]\npath = "own.toml"\n'))
    assert staging.carrier_profile().name == "Our Own"


def test_a_carrier_that_cannot_be_used_names_the_deployment_file_and_the_key(tmp_path):
    path = written(tmp_path, WORKING + '[carrier]\nname = "nobody_mutual"\n')
    with pytest.raises(DeploymentError, match=r"staging\.toml: carrier\.name"):
        load_deployment(path).carrier_profile()
