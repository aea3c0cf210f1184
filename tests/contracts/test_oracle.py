"""What the oracle allows, judged on answers that the model itself gave, bent here and there."""

import ast
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

import contracts.comparison
import contracts.oracle
from contracts.comparison import PROJECTIONS
from contracts.oracle import Oracle, States, Verdict
from contracts.recipes import recipe
from contracts.spelling import SILENCE, Reply, reply_of
from fixtures.jurisdictions import florida
from model.core import Core
from model.decider import Refusal
from model.desk import Desk
from model.published.operations import BY_NAME, OPERATIONS, status_of
from model.published.policy_views import PolicyView
from model.published.requests import (
    CancelPolicyRequest,
    ClocksQuestion,
    CoverageQuestion,
    OnDayRequest,
    PolicyQuestion,
    ReceivePaymentRequest,
    ReportClaimRequest,
    RunBillingRequest,
)
from model.waiting import due, pass_time
from model.wire import Amount

NOW = datetime(2026, 5, 1, 15, tzinfo=UTC)
QUOTE = msgspec.convert(recipe("a quoted policy")[0].request, BY_NAME["quote_policy"].body)
BOUND = OnDayRequest(on=date(2026, 5, 10))
CANCEL = CancelPolicyRequest(reason="insured_request", on=date(2026, 12, 1))
PAYMENT = ReceivePaymentRequest(payer_id="I-000001", amount=Amount("100.00", "USD"), on=date(2026, 6, 1))


class Pair:
    """A deployment that is the model with ids of its own, and the oracle's idea of where it is."""

    def __init__(self, oracle: Oracle) -> None:
        self.oracle = oracle
        self.states: States = oracle.beginning()
        self.core = Core(*florida())
        self.desk = Desk(self.core, self._new_id)
        self.made = 0
        self.now = NOW

    def _new_id(self, kind: str) -> str:
        self.made += 1
        return f"{kind}:{self.made * 7919}"

    def reply(self, operation, subject="", request=None, delivered: bool = True) -> Reply:
        answer = self.desk.answer(operation, subject, request, self.now)
        if delivered:
            self.core.drain(at=self.now)
        if isinstance(answer, Refusal):
            return reply_of(operation, status_of(answer.code), msgspec.json.encode({"code": answer.code}))
        return reply_of(operation, BY_NAME[operation].success, msgspec.json.encode(answer))

    def judge(self, reply, operation, subject="", request=None, **more) -> Verdict:
        asked = more.pop("asked", self.now)
        verdict = self.oracle.allows(
            operation, subject, request, reply, self.states, asked=asked, answered=more.pop("answered", asked), **more
        )
        self.states = verdict.states
        return verdict

    def both(self, operation, subject="", request=None) -> Verdict:
        """Asks the deployment, judges its answer, and lets everything arrive."""
        verdict = self.judge(self.reply(operation, subject, request), operation, subject, request)
        self.states = self.oracle.settled(self.states, self.now)
        return verdict

    def quoted(self) -> tuple[str, str]:
        quoted = self.reply("quote_policy", "", QUOTE)
        assert self.judge(quoted, "quote_policy", "", QUOTE).result == "allowed"
        assert isinstance(quoted.view, PolicyView)
        return quoted.view.policy_id, quoted.view.account_id

    def in_force(self) -> tuple[str, str]:
        policy, account = self.quoted()
        assert self.both("bind_policy", policy, BOUND).result == "allowed"
        assert self.both("issue_policy", policy, BOUND).result == "allowed"
        return policy, account


@pytest.fixture
def pair(oracle) -> Pair:
    return Pair(oracle)


def bent(reply: Reply, bend: Callable[[dict], object]) -> Reply:
    fields = msgspec.json.decode(reply.body)
    bend(fields)
    return Reply(reply.status, msgspec.json.encode(fields), reply.view, reply.code)


@pytest.mark.parametrize("module", [contracts.oracle, contracts.comparison])
def test_the_oracle_knows_nothing_but_the_model(module):
    tree = ast.parse(Path(module.__file__).read_text())
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    tops = {one.partition(".")[0] for one in imported - {"contracts.comparison"}}
    assert tops & {"contracts", "fixtures", "simulations", "loadtests", "windtunnel"} == set()
    assert "model" in tops


def test_every_operation_has_a_projection():
    assert set(PROJECTIONS) == {operation.name for operation in OPERATIONS}


def test_the_model_with_other_ids_is_allowed_everything(pair):
    policy, account = pair.in_force()
    at = datetime(2026, 9, 10, 18, tzinfo=UTC)
    assert pair.both("read_policy", policy, PolicyQuestion()).result == "allowed"
    assert pair.both("read_coverage", policy, CoverageQuestion(at=at, coverage="dwelling")).result == "allowed"
    assert pair.both("run_billing", account, RunBillingRequest(through=date(2026, 7, 1))).result == "allowed"
    assert pair.both("receive_payment", account, PAYMENT).result == "allowed"
    assert pair.both("receive_payment", account, PAYMENT).result == "allowed"
    assert pair.both("cancel_policy", policy, CANCEL).result == "allowed"
    assert pair.both("read_account", account).result == "allowed"


def test_a_refusal_must_have_its_status_and_its_code(pair):
    reply = pair.reply("bind_policy", "NOBODY", BOUND)
    assert pair.judge(reply, "bind_policy", "NOBODY", BOUND).result == "allowed"
    other = Reply(404, b'{"code": "unknown_claim"}', None, "unknown_claim")
    refuted = pair.judge(other, "bind_policy", "NOBODY", BOUND)
    assert refuted.result == "refuted"
    assert refuted.differences[0].expected.startswith("404 unknown_policy")
    assert refuted.differences[0].actual == "404 unknown_claim"


def test_a_success_where_the_model_refuses_is_refuted(pair):
    policy, _ = pair.in_force()
    again = pair.reply("read_policy", policy, PolicyQuestion())
    late = OnDayRequest(on=date(2026, 5, 10))
    pair.both("cancel_policy", policy, CANCEL)
    assert pair.judge(again, "bind_policy", policy, late).result == "refuted"


def test_a_return_premium_that_is_a_cent_short_is_told_in_cents(pair):
    policy, _ = pair.in_force()
    reply = pair.reply("cancel_policy", policy, CANCEL)

    def a_cent_short(view):
        view["returned"][0]["amount"]["amount"] = "-1196.70"

    verdict = pair.judge(bent(reply, a_cent_short), "cancel_policy", policy, CANCEL)
    assert verdict.result == "refuted"
    (difference,) = verdict.differences
    assert difference.place == "returned[0].amount"
    assert difference.expected == "-1196.71 USD (-119671 minor units)"
    assert difference.actual == "-1196.70 USD (-119670 minor units)"


def test_a_refuted_answer_changes_nothing_that_is_known(pair):
    policy, _ = pair.in_force()
    before = pair.states
    reply = pair.reply("cancel_policy", policy, CANCEL)
    pair.judge(bent(reply, lambda view: view.update(status="in_force")), "cancel_policy", policy, CANCEL)
    assert pair.states == before


@pytest.mark.parametrize(
    ("bend", "place"),
    [
        (lambda view: view.pop("status"), "status"),
        (lambda view: view.update(status="quoted"), "status"),
        (lambda view: view.update(policy_id="another"), "policy_id"),
        (lambda view: view["versions"].append(view["versions"][0]), "versions"),
        (lambda view: view.update(written=[]), "written"),
        (lambda view: view.update(written=None), "written"),
        (lambda view: view.update(end="2027-06-02"), "end"),
        (lambda view: view["written"][0]["amount"].update(amount="2400"), "written[0].amount"),
    ],
)
def test_what_can_be_seen_must_be_what_the_model_shows(pair, bend, place):
    policy, _ = pair.in_force()
    reply = pair.reply("read_policy", policy, PolicyQuestion())
    verdict = pair.judge(bent(reply, bend), "read_policy", policy, PolicyQuestion())
    assert verdict.result == "refuted"
    assert [difference.place for difference in verdict.differences] == [place]


@pytest.mark.parametrize(
    "bend",
    [
        lambda view: view.update(colour="blue"),
        lambda view: view.pop("cancelled_on"),
        lambda view: view["versions"][0].update(recorded="2026-11-21T10:00:00.123456Z"),
    ],
)
def test_what_the_deployment_is_free_in_is_not_judged(pair, bend):
    policy, _ = pair.in_force()
    reply = pair.reply("read_policy", policy, PolicyQuestion())
    assert pair.judge(bent(reply, bend), "read_policy", policy, PolicyQuestion()).result == "allowed"


def test_an_instant_may_be_written_in_another_zone(pair):
    policy, _ = pair.in_force()
    question = CoverageQuestion(at=datetime(2026, 9, 10, 18, tzinfo=UTC), coverage="dwelling")
    reply = bent(
        pair.reply("read_coverage", policy, question), lambda view: view.update(at="2026-09-10T14:00:00-04:00")
    )
    assert pair.judge(reply, "read_coverage", policy, question).result == "allowed"


def test_a_field_that_is_not_offered_is_skipped_by_name(pair):
    policy, _ = pair.in_force()
    reply = bent(pair.reply("read_policy", policy, PolicyQuestion()), lambda view: view.pop("versions"))
    assert pair.judge(reply, "read_policy", policy, PolicyQuestion()).result == "refuted"
    verdict = pair.judge(reply, "read_policy", policy, PolicyQuestion(), lacks=("versions",))
    assert verdict.result == "allowed"
    assert verdict.skipped == ("read_policy: versions is not offered",)


@pytest.mark.parametrize("body", [b"", b"[]", b"moon", b'"\xff"'])
def test_an_answer_that_is_no_object_is_refuted(pair, body):
    policy, _ = pair.in_force()
    verdict = pair.judge(Reply(200, body, None, "undecodable"), "read_policy", policy, PolicyQuestion())
    assert verdict.result == "refuted"


def test_a_server_error_is_no_answer_that_the_model_gives(pair):
    policy, _ = pair.in_force()
    verdict = pair.judge(Reply(500, b"{}", None, "undecodable"), "cancel_policy", policy, CANCEL)
    assert verdict.result == "refuted"


@pytest.mark.parametrize(
    "silence", [SILENCE, Reply(503, b"", None, "undecodable"), Reply(504, b"", None, "undecodable")]
)
@pytest.mark.parametrize("happened", ["yes", "no"])
def test_after_a_timeout_it_may_have_happened_or_not(pair, silence, happened):
    policy, _ = pair.in_force()
    if happened == "yes":
        pair.reply("cancel_policy", policy, CANCEL)
    verdict = pair.judge(silence, "cancel_policy", policy, CANCEL)
    assert (verdict.result, len(verdict.states)) == ("unknown", 2)
    assert pair.both("read_policy", policy, PolicyQuestion()).result == "allowed"
    assert len(pair.states) == 1
    twice = pair.reply("cancel_policy", policy, CANCEL)
    assert pair.judge(twice, "cancel_policy", policy, CANCEL).result == "allowed"


def test_what_was_seen_after_a_timeout_cannot_be_taken_back(pair):
    policy, _ = pair.in_force()
    before = pair.reply("read_policy", policy, PolicyQuestion())
    pair.reply("cancel_policy", policy, CANCEL)
    pair.judge(SILENCE, "cancel_policy", policy, CANCEL)
    pair.both("read_policy", policy, PolicyQuestion())
    assert pair.judge(before, "read_policy", policy, PolicyQuestion()).result == "refuted"


def test_a_payment_after_a_timeout_is_there_once_or_not_at_all_but_never_twice(pair):
    _, account = pair.in_force()
    pair.reply("receive_payment", account, PAYMENT)
    pair.reply("receive_payment", account, PAYMENT)
    pair.judge(SILENCE, "receive_payment", account, PAYMENT)
    verdict = pair.judge(pair.reply("read_account", account), "read_account", account)
    assert verdict.result == "refuted"
    assert "unapplied" in [difference.place for difference in verdict.differences]


def test_a_read_without_an_answer_leaves_one_state(pair):
    policy, _ = pair.in_force()
    verdict = pair.judge(SILENCE, "read_policy", policy, PolicyQuestion())
    assert (verdict.result, len(verdict.states)) == ("unknown", 1)


def test_too_many_requests_means_that_nothing_happened(pair):
    policy, _ = pair.in_force()
    verdict = pair.judge(Reply(429, b"{}", None, "undecodable"), "cancel_policy", policy, CANCEL)
    assert (verdict.result, verdict.states) == ("unknown", pair.states)
    assert pair.both("read_policy", policy, PolicyQuestion()).result == "allowed"


def test_an_event_on_its_way_may_have_arrived_or_not(pair):
    policy, account = pair.quoted()
    pair.both("bind_policy", policy, BOUND)
    issued = pair.reply("issue_policy", policy, BOUND, delivered=False)
    assert pair.judge(issued, "issue_policy", policy, BOUND).result == "allowed"
    not_yet = pair.reply("read_account", account)
    assert not_yet.code == "unknown_account"
    there = pair.reply("read_account", account)
    early = pair.states
    assert pair.judge(not_yet, "read_account", account).result == "allowed"
    pair.states = early
    assert pair.judge(there, "read_account", account).result == "allowed"
    assert pair.judge(not_yet, "read_account", account).result == "refuted"


def test_once_everything_is_settled_an_event_must_have_arrived(pair):
    policy, account = pair.in_force()
    pair.states = pair.oracle.settled(pair.states, pair.now)
    missing = Reply(404, b"{}", None, "unknown_account")
    assert policy != account
    assert pair.judge(missing, "read_account", account).result == "refuted"


def test_around_midnight_either_day_counts(pair):
    """Nothing is billed before the day on which billing was asked to: the day of the delivery, in the zone of the
    policy, whose midnight is no midnight of UTC.
    """
    evening = datetime(2026, 7, 1, 3, 59, 59, tzinfo=UTC)
    policy, account = pair.quoted()
    pair.both("bind_policy", policy, BOUND)
    pair.now = evening + timedelta(seconds=2)
    issued = pair.reply("issue_policy", policy, BOUND)
    pair.judge(issued, "issue_policy", policy, BOUND, asked=evening, answered=pair.now)
    account_view = pair.reply("read_account", account)
    before = pair.states
    assert pair.judge(account_view, "read_account", account, asked=evening, answered=evening).result == "refuted"
    pair.states = before
    assert pair.judge(account_view, "read_account", account, asked=evening, answered=pair.now).result == "allowed"


def test_the_states_that_were_handed_in_stay_as_they_are(pair):
    policy, _ = pair.in_force()
    (state,) = before = pair.states
    told = state.policy(policy)
    pair.both("cancel_policy", policy, CANCEL)
    assert before[0].policy(policy) is told
    assert pair.states != before


def test_where_time_passes_by_itself_a_night_may_have_come_or_not_and_once_it_came_it_came():
    pair = Pair(Oracle(*florida(), time="passes"))
    _, account = pair.in_force()
    pair.now = datetime(2026, 7, 20, 15, tzinfo=UTC)
    untold = pair.reply("read_account", account)
    while due(pair.core, pair.now):
        pass_time(pair.core, pair.now)
        pair.core.drain(at=pair.now)
    told = pair.reply("read_account", account)
    before = pair.states

    assert told.body != untold.body
    assert pair.judge(untold, "read_account", account).result == "allowed"
    assert pair.judge(told, "read_account", account).result == "allowed"
    assert pair.judge(untold, "read_account", account).result == "refuted"
    standing = Oracle(*florida())
    now = pair.now
    judged = standing.allows("read_account", account, None, told, before, asked=now, answered=now)
    assert judged.result == "refuted"


def test_a_night_that_bills_a_cent_more_is_refuted_though_time_passes_by_itself():
    pair = Pair(Oracle(*florida(), time="passes"))
    _, account = pair.in_force()
    pair.now = datetime(2026, 7, 20, 15, tzinfo=UTC)
    pass_time(pair.core, pair.now)
    pair.core.drain(at=pair.now)

    def a_cent_more(fields):
        item = fields["invoices"][0]["items"][0]
        item["amount"]["amount"] = "999999.99"

    told = bent(pair.reply("read_account", account), a_cent_more)
    assert pair.judge(told, "read_account", account).result == "refuted"


def test_clocks_of_the_law_are_compared_to_the_day(pair):
    policy, _ = pair.in_force()
    report = ReportClaimRequest(
        policy_id=policy, claimant_id="I-1", coverage="dwelling", cause="fire", intake="web", on=date(2026, 6, 22),
        loss_at=datetime(2026, 6, 20, 16, tzinfo=UTC), state="FL", county="Lee",
    )  # fmt: skip
    pair.now = datetime(2026, 6, 22, 15, tzinfo=UTC)
    reported = pair.reply("report_claim", "", report)
    assert pair.judge(reported, "report_claim", "", report).result == "allowed"
    claim, question = reported.view.claim_id, ClocksQuestion(on=date(2026, 12, 31))
    reply = pair.reply("read_clocks", claim, question)

    assert pair.judge(reply, "read_clocks", claim, question).result == "allowed"
    late = bent(reply, lambda view: view["clocks"][0].update(due="2026-12-30"))
    assert pair.judge(late, "read_clocks", claim, question).result == "refuted"
