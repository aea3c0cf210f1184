"""`ops` as its users meet it: what waits, what is stuck, and having it handed on."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from contracts.reference.defects import Defects
from contracts.reference.service import Service
from contracts.reference.store import Store
from fixtures import histories
from fixtures.jurisdictions import florida
from fixtures.process_histories import process_history
from fixtures.settlement_histories import settlement_history
from model.payments.commands import ReportSuccess, ReturnMoney, StartPayment
from model.payments.webhook_out import EnableEndpoint, QueueWebhook, ReportAnswer
from tests.windtunnel.conftest import FrontDoor

LAW, CARRIER = florida()
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ISSUED = histories.history("a policy in force").commands
POLICY = histories.policy_id(1)


class Broken(Service):
    """Billing is wrong, and takes nothing."""

    def unit_of_work(self, transaction):
        unit = super().unit_of_work(transaction)
        deliver = unit.core.deliver

        def or_fail(envelope, **about: Any):
            if about["to"] == "billing":
                raise ValueError("billing is broken")
            return deliver(envelope, **about)

        unit.core.deliver = or_fail
        return unit


def told(path: Path, kind: type[Service], commands) -> None:
    store = Store(str(path))
    service = kind(store, LAW, CARRIER, Defects(), lambda: NOW)
    for command in commands:
        with store.writing() as transaction:
            unit = service.unit_of_work(transaction)
            unit.core.submit(command)
            unit.write()
        service.relay.deliver()
    store.close()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "core.db"


@pytest.fixture
def parked(database: Path) -> Path:
    """Billing could not take a policy that was issued, and its cancellation waits behind."""
    told(database, Broken, [*ISSUED, histories.cancel(1)])
    return database


def test_a_key_that_is_parked_is_told_with_its_cause_and_what_waits_behind(front_door: FrontDoor, parked: Path):
    said = front_door("ops", "dead-letters", parked)

    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(
        f"billing cannot take policy:{POLICY}#3 of {POLICY} since 2026-11-21 12:00 UTC, tried once, 1 event behind it: "
        "ValueError: billing is broken"
    )
    assert "ops redeliver" in said.out


def test_what_waits_is_handed_on_in_its_order_once_the_cause_is_mended(front_door: FrontDoor, parked: Path):
    said = front_door("ops", "redeliver", parked)

    assert (said.code, said.err) == (0, "")
    assert said.out == "handed on: 2 events of parked keys, 0 events not tried before\n"
    assert front_door("ops", "dead-letters", parked).out == "nothing waits: all that was published has arrived\n"
    store = Store(str(parked))
    with store.reading() as transaction:
        account: Any = (
            Service(store, LAW, CARRIER, Defects()).unit_of_work(transaction).core.account(histories.account_id(1))
        )
    store.close()
    assert account.instructions
    again = front_door("ops", "redeliver", parked)
    assert (again.code, again.out) == (0, "nothing waited: all that was published has arrived\n")


def test_what_still_cannot_be_taken_is_wrong_and_says_so_in_one_line(
    front_door: FrontDoor, parked: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("contracts.reference.care.Service", Broken)
    said = front_door("ops", "redeliver", parked)

    assert said.code == 1
    assert "tried twice, 1 event behind it: ValueError: billing is broken; mend the cause" in said.line
    assert front_door("ops", "redeliver", parked, "--json").json["parked"][0]["attempts"] == 3


def test_one_key_can_be_chosen_and_has_to_be_one_that_waits(front_door: FrontDoor, parked: Path):
    told(parked, Broken, [histories.quote(2), histories.bind(2), histories.issue(2)])

    chosen = front_door("ops", "redeliver", parked, "--context", "billing", "--subject", POLICY)
    assert (chosen.code, chosen.out) == (0, "handed on: 2 events of parked keys, 0 events not tried before\n")
    left = front_door("ops", "dead-letters", parked, "--json").json
    assert [one["subject"] for one in left["parked"]] == [histories.policy_id(2)]
    again = front_door("ops", "redeliver", parked, "--context", "billing", "--subject", POLICY)
    assert (again.code, "waits for billing" in again.line) == (2, True)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--context", "billing"), "--context and --subject together"),
        (("--context", "sales", "--subject", POLICY), "no context 'sales'"),
        (("--carrier", "nobody"), "nobody"),
    ],
)
def test_what_cannot_be_meant_is_bad_input(front_door: FrontDoor, parked: Path, words: tuple[str, ...], says: str):
    said = front_door("ops", "redeliver", parked, *words)

    assert said.code == 2
    assert says in said.line


@pytest.mark.parametrize("command", ["dead-letters", "redeliver", "stuck", "return-rates", "issue-file"])
def test_a_database_that_is_not_there_is_named_and_not_made(front_door: FrontDoor, database: Path, command: str):
    said = front_door("ops", command, database)

    assert said.code == 2
    assert "core.db: there is no such file" in said.line
    assert not database.exists()


def test_a_database_that_is_none_is_bad_input(front_door: FrontDoor, database: Path):
    database.write_bytes(b"this was never a database" * 50)

    assert front_door("ops", "dead-letters", database).code == 2


def test_what_a_crash_left_in_the_outbox_goes_out(front_door: FrontDoor, database: Path):
    store = Store(str(database))
    service = Service(store, LAW, CARRIER, Defects(), lambda: NOW)
    with store.writing() as transaction:
        unit = service.unit_of_work(transaction)
        for command in ISSUED:
            unit.core.submit(command)
        unit.write()
    store.close()

    assert "1 event not delivered yet" in front_door("ops", "dead-letters", database).out
    said = front_door("ops", "redeliver", database)
    assert (said.code, "0 events of parked keys" in said.out) == (0, True)
    assert front_door("ops", "dead-letters", database, "--json").json == {"parked": [], "refused": [], "undelivered": 0}


def test_processes_and_payments_that_a_person_should_look_at_are_told_the_longest_first(
    front_door: FrontDoor, database: Path
):
    """The instants of the histories are long past, so that every answer that they wait for is overdue."""
    told(database, Service, process_history("a cancellation that policy refuses", 2).commands)
    told(database, Service, histories.history("a claim with a payment on its way").commands)

    said = front_door("ops", "stuck", database)
    found = front_door("ops", "stuck", database, "--json").json
    assert said.code == 0
    assert "waits for a person" in said.out
    assert "claim_payout" in said.out
    assert [one["since"] for one in found] == sorted(one["since"] for one in found)
    assert {one["what"] for one in found} == {"cancel_for_nonpayment", "claim_payout"}


def test_a_database_where_all_is_well_says_so(front_door: FrontDoor, database: Path):
    told(database, Service, ISSUED)

    assert front_door("ops", "stuck", database).out.startswith("nothing is stuck")


def debits(*codes: str) -> list[Any]:
    """A debit for each code, which came back with it unless it is empty."""
    day = NOW.date()
    commands: list[Any] = []
    for number, code in enumerate(codes):
        about: dict[str, Any] = {"intent_id": f"I-{number}", "on": day, "at": NOW}
        commands.append(
            StartPayment(
                purpose="collection",
                subject=f"A-{number}",
                reference="1",
                party_id=f"payer-{number}",
                amount=histories.usd("9.00"),
                method="ach",
                **about,
            )
        )
        commands.append(ReportSuccess(**about))
        if code:
            commands.append(ReturnMoney(reason=code, **about))
    return commands


@pytest.mark.parametrize(
    ("codes", "exit_code", "out", "err"),
    [
        (("", "", ""), 0, "3 debits: 0.00 % unauthorized, 0.00 % administrative, 0.00 % in all", ""),
        (
            ("R10", "", ""),
            1,
            "3 debits: 33.33 % unauthorized, 0.00 % administrative, 33.33 % in all",
            "unauthorized, overall",
        ),
    ],
)
def test_the_debits_that_came_back_are_held_against_the_networks_levels(
    front_door: FrontDoor, database: Path, codes: tuple[str, ...], exit_code: int, out: str, err: str
):
    told(database, Service, debits(*codes))

    said = front_door("ops", "return-rates", database, "--as-of", f"{NOW:%Y-%m-%d}")
    assert (said.code, said.out) == (exit_code, f"{out}\n")
    assert err in said.err
    long_after = front_door("ops", "return-rates", database, "--as-of", "2028-01-01", "--json")
    assert (long_after.code, long_after.json["entries"]) == (0, 0)


def test_the_bank_is_told_of_every_cheque_that_it_may_pay(front_door: FrontDoor, database: Path):
    told(database, Service, settlement_history("a cheque that was stopped", 1).commands)
    told(database, Service, settlement_history("a cheque that the bank paid", 2).commands)

    said = front_door("ops", "issue-file", database)
    header, *rows = said.out.splitlines()
    assert (said.code, header) == (0, "serial,standing,issued_on,amount,currency,payees")
    assert [row.split(",")[:2] for row in rows] == [[f"{histories.payout_intent_id(1)}/1", "void"]]


def test_an_endpoint_that_was_gone_gets_webhooks_again(front_door: FrontDoor, database: Path):
    about: dict[str, Any] = {"endpoint_id": "erp", "event_id": "evt", "on": NOW.date(), "at": NOW}
    told(
        database,
        Service,
        [
            EnableEndpoint(endpoint_id="erp", on=NOW.date(), at=NOW),
            QueueWebhook(key="P-1", body=b"{}", **about),
            ReportAnswer(attempt=1, status=410, variate=0.5, **about),
        ],
    )

    said = front_door("ops", "enable-endpoint", database, "erp")
    assert (said.code, said.out) == (0, "erp gets webhooks again\n")
    again = front_door("ops", "enable-endpoint", database, "erp")
    assert (again.code, again.out) == (0, "erp is enabled already\n")
    unknown = front_door("ops", "enable-endpoint", database, "nobody")
    assert (unknown.code, "no endpoint 'nobody'" in unknown.line) == (2, True)
