"""What was answered is kept, whatever happens to the process; what was not answered is kept whole or not at all."""

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import httpx
import pytest

from contracts.reference.store import Store
from model.invariants import ACCOUNT_INVARIANTS, judged
from model.published.account_views import AccountView

ISSUE_AND_DIE = """
import os, signal, sys
from contracts.examples import REQUESTS
from contracts.reference.defects import Defects
from contracts.reference.service import Service, utc_now
from contracts.reference.store import Store
from fixtures.jurisdictions import florida
from model.published.operations import BY_NAME

database, policy_id, last_look = sys.argv[1], sys.argv[2], int(sys.argv[3])
looks = 0

def clock():
    # The clock is read once for the command and once for each delivery that follows from it.
    global looks
    looks += 1
    if looks == last_look:
        os.kill(os.getpid(), signal.SIGKILL)
    return utc_now()

service = Service(Store(database), *florida(), Defects(), clock)
request = REQUESTS["issue_policy"]["on_the_day_of_binding"]
service.perform(BY_NAME["issue_policy"], policy_id, request, "the-key")
"""
"""Issues a policy in a process that kills itself when it looks at the clock for the given time."""

BEFORE_COMMIT, BEFORE_THE_FIRST_DELIVERY, BETWEEN_TWO_DELIVERIES, NEVER = 1, 2, 3, 99


def issue_and_die(database, policy_id, last_look):
    command = [sys.executable, "-c", ISSUE_AND_DIE, database, policy_id, str(last_look)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_restart_keeps_everything(start, ask, database, example, good):
    first = start("--database", database, "--hooks")
    before = ask(first.client)
    policy = before.in_force()
    claim = before.claim()
    paid = before.post(f"/accounts/{policy['account_id']}/payments", example("receive_payment"), "the-key")
    account, events = before.account(policy["account_id"]), before.events()
    first.end()
    after = ask(start("--database", database, "--hooks").client)

    assert good(after.get(f"/policies/{policy['policy_id']}")) == policy
    assert good(after.get(f"/claims/{claim['claim_id']}")) == claim
    assert after.account(policy["account_id"]) == account
    assert after.events() == events
    replay = after.post(f"/accounts/{policy['account_id']}/payments", example("receive_payment"), "the-key")
    assert replay.content == paid.content
    assert after.quoted()["policy_id"] == "P-000003"


def test_two_processes_on_one_database_take_turns(start, ask, database, example):
    one, other = (ask(start("--database", database, "--hooks").client) for _ in range(2))
    account_id = one.billed(autopay="off")["account_id"]

    def pay(number):
        customer = (one, other)[number % 2]
        return customer.post(f"/accounts/{account_id}/payments", example("receive_payment"), f"key-{number // 2}")

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(pay, range(40)))

    assert {answer.status_code for answer in answers} == {201}
    assert len(one.account(account_id)["payments"]) == 20
    assert one.account(account_id) == other.account(account_id)


@pytest.fixture
def bound_policy(start, ask, database):
    """A bound policy in a database that nobody serves at the moment."""
    server = start("--database", database, "--hooks")
    policy = ask(server.client).bound()
    server.end()
    return policy


@pytest.mark.parametrize("last_look", [BEFORE_THE_FIRST_DELIVERY, BETWEEN_TWO_DELIVERIES])
def test_a_crash_between_commit_and_delivery_delivers_on_start_up_and_nothing_twice(
    start, ask, database, bound_policy, example, last_look
):
    died = issue_and_die(database, bound_policy["policy_id"], last_look)
    customer = ask(start("--database", database, "--hooks").client)

    account = customer.account(bound_policy["account_id"])
    claim = customer.post("/claims", example("report_claim") | {"policy_id": bound_policy["policy_id"]}).json()

    assert died.returncode == -signal.SIGKILL, died.stderr
    assert customer.get(f"/policies/{bound_policy['policy_id']}").json()["status"] == "in_force"
    assert len(account["instructions"]) == 1
    assert customer.planned(account) == Decimal("2468.20")
    assert claim["status"] == "open"
    assert [event["type"] for event in customer.events()] == [
        "insurance.policy.issued.v1",
        "insurance.claims.dwelling.damaged.v1",
    ]


def test_a_crash_before_commit_leaves_nothing_behind(start, ask, database, bound_policy, example):
    died = issue_and_die(database, bound_policy["policy_id"], BEFORE_COMMIT)
    customer = ask(start("--database", database, "--hooks").client)
    path = f"/policies/{bound_policy['policy_id']}"

    assert died.returncode == -signal.SIGKILL, died.stderr
    assert customer.get(path).json()["status"] == "bound"
    assert customer.events() == []
    again = customer.post(f"{path}/issue", example("issue_policy"), "the-key")
    assert again.status_code == 200
    assert "idempotency-replayed" not in again.headers


def test_a_delivery_that_was_never_interrupted_leaves_nothing_to_do(database, bound_policy):
    finished = issue_and_die(database, bound_policy["policy_id"], NEVER)
    store = Store(database)

    with store.reading() as transaction:
        left = transaction.undelivered()
    store.close()

    assert finished.returncode == 0, finished.stderr
    assert left is None


def test_a_kill_in_the_middle_of_many_payments_loses_none_that_was_answered_and_doubles_none(
    start, ask, database, example
):
    first = start("--database", database, "--hooks")
    account_id = ask(first.client).billed(autopay="off")["account_id"]
    path, keys = f"/accounts/{account_id}/payments", [f"key-{number}" for number in range(200)]

    def pay(key):
        try:
            answer = first.client.post(path, json=example("receive_payment"), headers={"Idempotency-Key": key})
        except httpx.TransportError:
            return False
        if key == "key-60":
            first.process.kill()
        return answer.status_code == 201

    with ThreadPoolExecutor(8) as threads:
        answered = [key for key, paid in zip(keys, threads.map(pay, keys), strict=True) if paid]
    second = ask(start("--database", database, "--hooks").client)
    survived = len(second.account(account_id)["payments"])
    for key in keys:
        assert second.post(path, example("receive_payment"), key).status_code == 201

    account = second.read(f"/accounts/{account_id}", AccountView)
    # When the 61st payment is answered, the seven other threads may each still wait for an earlier one.
    assert 61 - 7 <= len(answered) < len(keys)
    assert len(answered) <= survived <= len(answered) + 8
    assert len(account.payments) == len(keys)
    assert list(judged(ACCOUNT_INVARIANTS, account_id, account)) == []
