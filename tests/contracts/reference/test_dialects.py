"""What a key means when it comes again, in every dialect that a deployment can declare (X3)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import httpx
import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import create_engine, inspect

from contracts.examples import REQUESTS
from contracts.reference.defects import Defects
from contracts.reference.service import Service
from contracts.reference.settings import Settings, SettingsError, load_settings, webhook_secrets
from contracts.reference.store import IN_MEMORY, SequenceConflict, Store
from fixtures.jurisdictions import florida
from model.published.operations import BY_NAME
from model.resilience.idempotency import Dialect, KeyPolicy
from model.wire import from_wire

LAW, CARRIER = florida()
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
QUOTE: Any = REQUESTS["quote_policy"]["a_florida_home"]
NO_PLAN = replace(QUOTE, plan="none")
OTHER = replace(QUOTE, state="GA")


@pytest.fixture
def store():
    opened = Store(IN_MEMORY)
    yield opened
    opened.close()


class Deployment:
    def __init__(self, store: Store, **policy: Any) -> None:
        self.now = NOW
        self.service = Service(store, LAW, CARRIER, Defects(), lambda: self.now, keys=KeyPolicy(**policy))

    def ask(self, operation: Any, subject: str, request: Any, key: str = "K") -> tuple[int, str]:
        """Status, and the code or whether it is an answer that was given before."""
        answer = self.service.perform(BY_NAME[operation], subject, request, key)
        if answer.replayed:
            return answer.status, "replayed"
        return answer.status, msgspec.json.decode(answer.body).get("code", "new")

    def quote(self, request: Any = QUOTE, key: str = "K") -> tuple[int, str]:
        return self.ask("quote_policy", "", request, key)

    def policies(self) -> int:
        with self.service.store.reading() as transaction:
            return len(transaction.streams("policy"))


# What a second request with the key gets, after the first one ended as the column says.
#                        executed, same           executed, other                         refused         failed for now
TABLE = """
replay_original          201 replayed             422 idempotency_key_reused               422 replayed    201 new
reject_executed          400 already_executed     400 already_executed                     201 new         201 new
exists_or_diff           409 exists               409 exists_with_different_state          201 new         201 new
burned_on_transient      409 exists               409 exists_with_different_state          201 new         409 id_already_failed
key_only_ignores_body    201 replayed             201 replayed                             422 replayed    201 new
"""
ROWS = {row.split()[0]: row.split()[1:] for row in TABLE.strip().splitlines()}


def wanted(dialect: str, column: int) -> tuple[int, str]:
    status, code = ROWS[dialect][2 * column : 2 * column + 2]
    return int(status), code


def test_every_dialect_is_in_the_table():
    assert tuple(ROWS) == get_args(Dialect)


@pytest.mark.parametrize("dialect", ROWS)
def test_what_was_executed_is_executed_once(store, dialect):
    deployment = Deployment(store, dialect=dialect)

    assert deployment.quote() == (201, "new")
    assert deployment.quote() == wanted(dialect, 0)
    assert deployment.quote(OTHER) == wanted(dialect, 1)
    assert deployment.policies() == 1


@pytest.mark.parametrize("dialect", ROWS)
def test_what_was_refused_is_an_answer_or_leaves_the_key_free(store, dialect):
    deployment = Deployment(store, dialect=dialect)

    assert deployment.quote(NO_PLAN) == (422, "unknown_payment_plan")
    again = deployment.quote(NO_PLAN)
    assert again in ((422, "replayed"), (422, "unknown_payment_plan"))
    if again == (422, "replayed"):
        assert wanted(dialect, 2) == again
    else:
        assert deployment.quote() == wanted(dialect, 2)


@pytest.mark.parametrize("dialect", ROWS)
def test_what_failed_for_now_burns_the_key_in_one_dialect_alone(store, dialect, monkeypatch):
    deployment = Deployment(store, dialect=dialect)

    def busy(*_: Any) -> Any:
        raise SequenceConflict("somebody else was first, again and again")

    with monkeypatch.context() as patched:
        patched.setattr(deployment.service, "_write_once", busy)
        with pytest.raises(SequenceConflict):
            deployment.quote()
    assert deployment.policies() == 0
    assert deployment.quote() == wanted(dialect, 3)


@pytest.mark.parametrize("dialect", ROWS)
def test_a_key_is_forgotten_when_its_lifetime_is_over_and_can_be_used_again(store, dialect):
    deployment = Deployment(store, dialect=dialect, lifetime=3_600_000_000)

    assert deployment.quote() == (201, "new")
    deployment.now += timedelta(hours=1) - timedelta(microseconds=1)
    assert deployment.quote() == wanted(dialect, 0)
    deployment.now += timedelta(microseconds=1)
    assert deployment.quote() == (201, "new")
    assert deployment.quote() == wanted(dialect, 0)
    assert deployment.policies() == 2


def test_a_key_is_one_within_an_endpoint_or_everywhere_by_its_scope(store):
    on_day = next(iter(REQUESTS["bind_policy"].values()))
    everywhere, within = Deployment(store), Deployment(store, scope="endpoint")
    quoted = within.service.perform(BY_NAME["quote_policy"], "", QUOTE, "K")
    policy = msgspec.json.decode(quoted.body)["policy_id"]

    assert within.ask("bind_policy", policy, on_day) == (200, "new")
    assert within.ask("bind_policy", policy, on_day) == (200, "replayed")
    assert everywhere.quote(key="L") == (201, "new")
    assert everywhere.ask("bind_policy", policy, on_day, "L") == (422, "idempotency_key_reused")


def test_a_key_of_one_scope_cannot_be_spelled_like_one_of_another(store):
    within = Deployment(store, scope="endpoint")
    within.quote(key="K")

    assert within.quote(key='["windtunnel","quote_policy","K"]') == (201, "new")


def test_settings_name_the_dialect_and_the_limits_and_a_server_speaks_it(start, example, tmp_path: Path):
    path = tmp_path / "settings.toml"
    path.write_text('[idempotency]\ndialect = "exists_or_diff"\nscope = "endpoint"\nlifetime_seconds = 86400.0\n')
    server = start("--settings", str(path))
    headers = {"Idempotency-Key": "K"}

    def quote(**changes: object) -> httpx.Response:
        return server.client.post("/policies", json=example("quote_policy") | changes, headers=headers)

    assert quote().status_code == 201
    assert (quote().status_code, quote().json()["code"]) == (409, "exists")
    assert quote(insured_id="I-9").json()["code"] == "exists_with_different_insured_id"
    assert load_settings(str(path)).idempotency.policy() == KeyPolicy(
        dialect="exists_or_diff", scope="endpoint", lifetime=86_400_000_000
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[idempotency]\ndialect = "anything"', "idempotency.dialect"),
        ("[limits]\nrunning = 0", "limits.running"),
        ("[limits]\nspeed = 1", "speed"),
        ("[", "not TOML"),
    ],
)
def test_settings_that_cannot_be_used_are_one_line_that_names_the_key(tmp_path, text, says):
    path = tmp_path / "settings.toml"
    path.write_text(text)

    with pytest.raises(SettingsError, match=says) as found:
        load_settings(str(path))
    assert len(str(found.value).splitlines()) == 1


def test_without_a_file_everything_is_as_the_defaults_say(tmp_path):
    assert load_settings(None) == Settings()
    with pytest.raises(SettingsError, match=r"nowhere\.toml: No such file"):
        load_settings(str(tmp_path / "nowhere.toml"))


def test_secrets_come_from_the_environment_and_an_empty_one_is_none():
    assert webhook_secrets({}) == ()
    assert webhook_secrets({"WINDTUNNEL_WEBHOOK_SECRET": "", "WINDTUNNEL_WEBHOOK_SECRET_FORMER": "b"}) == (b"b",)
    assert webhook_secrets({"WINDTUNNEL_WEBHOOK_SECRET": "a", "WINDTUNNEL_WEBHOOK_SECRET_FORMER": "b"}) == (b"a", b"b")


def test_a_database_from_before_answers_had_a_time_is_opened_and_knows_its_keys(tmp_path):
    path = str(tmp_path / "core.db")
    store = Store(path)
    Deployment(store).quote()
    store.close()
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE answers DROP COLUMN at")
    assert "at" not in {column["name"] for column in inspect(engine).get_columns("answers")}
    engine.dispose()

    store = Store(path)
    assert Deployment(store).quote() == (201, "replayed")
    store.close()


@pytest.mark.parametrize("dialect", ROWS)
def test_money_that_nobody_knows_is_refused_and_yet_held_and_held_once(store, dialect):
    deployment = Deployment(store, dialect=dialect)
    money: Any = REQUESTS["receive_payment"]["a_check"]
    first = deployment.ask("receive_payment", "A-NOBODYS", money)
    again = deployment.ask("receive_payment", "A-NOBODYS", money)
    with store.reading() as transaction:
        core = deployment.service.unit_of_work(transaction).core
        held: Any = list(core.suspense.states.values())

    assert first == (404, "unknown_account")
    assert (
        again
        == {
            "replay_original": (404, "replayed"),
            "reject_executed": (400, "already_executed"),
            "exists_or_diff": (409, "exists"),
            "burned_on_transient": (409, "exists"),
            "key_only_ignores_body": (404, "replayed"),
        }[dialect]
    )
    assert [(one.money.reason, one.money.told, one.left) for one in held] == [
        ("unknown_account", "A-NOBODYS", from_wire(money.amount))
    ]
