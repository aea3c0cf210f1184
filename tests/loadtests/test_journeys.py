"""Journeys rehearsed at the model's own desk: what they ask, what they accept, what they call wrong."""

import pytest
from msgspec.structs import replace

from contracts.spelling import Reply, reply_of
from loadtests.asking import Ask
from loadtests.journeys import JOURNEYS, claim, distinct_amount, paying, reading, requests_per_arrival
from loadtests.load_profiles import load_profile
from model.published.account_views import AccountView
from model.published.claim_views import ClaimView

CLAIM = (
    "quote_policy", "bind_policy", "issue_policy", "report_claim", "set_reserve", "pay_claim", "read_payment",
    "report_payment", "read_claim",
)  # fmt: skip


def test_a_claim_goes_from_quote_to_payout_and_the_model_finds_every_answer_right(rehearsal, at):
    walked = rehearsal.carry(claim(at(0)))
    assert tuple(ask.operation for ask, _ in walked) == CLAIM
    assert {advanced.verdict for _, advanced in walked} == {"good"}
    (claim_id,) = rehearsal.core.claims.states
    paid = rehearsal.desk.answer("read_claim", claim_id, None, rehearsal_now())
    assert isinstance(paid, ClaimView)
    assert [payment.status for payment in paid.payments or ()] == ["issued"]


def test_a_journey_waits_for_what_was_published_and_does_not_call_that_wrong(late_rehearsal, at):
    walked = late_rehearsal.carry(claim(at(0)))
    assert [advanced.verdict for _, advanced in walked].count("not_yet") == 2
    assert walked[-1][0].operation == "read_claim"
    assert walked[-1][1].verdict == "good"


def test_a_journey_gives_up_on_what_never_arrives(at, rehearsal):
    rehearsal.core.drain = lambda **_: rehearsal.core.outbox.clear()
    walked = rehearsal.carry(claim(at(0)))
    ask, advanced = walked[-1]
    assert (ask.operation, advanced.verdict) == ("read_payment", "wrong")
    assert "still says unknown_payment after 5 s" in advanced.says


def test_the_same_arrival_asks_the_same_twice_and_another_one_something_else(at):
    asked = [list(_first_asks(claim(at(arrival)))) for arrival in (7, 7, 8)]
    assert asked[0] == asked[1]
    assert asked[0] != asked[2]


def test_a_payment_is_made_once_however_often_it_is_sent_under_its_key(rehearsal, at):
    book = rehearsal.book(1)
    walked = rehearsal.carry(paying(at(3, book=book, retry_share=1.0)))
    sent = [ask for ask, _ in walked if ask.operation == "receive_payment"]
    assert len(sent) == 2
    assert sent[0].key == sent[1].key is not None
    assert {advanced.verdict for _, advanced in walked} == {"good"}
    account = rehearsal.desk.answer("read_account", book[0].account_id, None, rehearsal_now())
    assert isinstance(account, AccountView)
    assert [payment.amount for payment in account.payments or ()] == [distinct_amount(3)]


def test_a_payment_that_nobody_answered_is_sent_again_under_the_same_key(rehearsal, at, silence):
    book = rehearsal.book(1)
    answers = iter((silence, None))
    rehearsal.bend = lambda ask, reply: (next(answers) or reply) if ask.operation == "receive_payment" else reply
    walked = rehearsal.carry(paying(at(3, book=book)))
    assert [advanced.verdict for ask, advanced in walked if ask.operation == "receive_payment"] == [
        "unanswered",
        "good",
    ]
    assert walked[-1][1].verdict == "good"


def test_where_no_key_is_taken_nothing_is_sent_again(rehearsal, at):
    book = rehearsal.book(1)
    keyless = replace(at(3, book=book, retry_share=1.0), keys="not_taken")
    walked = rehearsal.carry(paying(keyless))
    assert [ask.key for ask, _ in walked] == [None] * 3


def test_a_payment_taken_twice_is_called_wrong(rehearsal, at):
    book = rehearsal.book(1)

    def forgetful(ask: Ask, reply: Reply) -> Reply:
        if ask.operation == "receive_payment":
            rehearsal.desk.answer("receive_payment", ask.subject, ask.request, rehearsal_now())
        return reply

    rehearsal.bend = forgetful
    walked = rehearsal.carry(paying(at(3, book=book)))
    ask, advanced = walked[-1]
    assert (ask.operation, advanced.verdict) == ("read_account", "wrong")
    assert "is on account" in advanced.says
    assert "is 2, not 1" in advanced.says


@pytest.mark.parametrize("arrival", range(12))
def test_a_look_is_one_request_and_right(rehearsal, at, arrival):
    walked = rehearsal.carry(reading(at(arrival, book=rehearsal.book(2))))
    assert [advanced.verdict for _, advanced in walked] == ["good"]


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (reply_of("quote_policy", 201, b'{"policy_id": "P-1"}'), "body that is not PolicyView"),
        (reply_of("quote_policy", 201, b"<html>"), "body that is not PolicyView"),
        (reply_of("quote_policy", 500, b"oops"), "status 500 with a body"),
        (reply_of("quote_policy", 409, b'{"code": "term_not_over"}'), "undocumented refusal 409 term_not_over"),
        (reply_of("quote_policy", 409, b'{"code": "no_payer"}'), "status 409 where 422 is due"),
        (reply_of("quote_policy", 422, b'{"code": "no_payer"}'), "PolicyView expected, not 422 no_payer"),
    ],
)
def test_an_answer_that_no_core_may_give_is_wrong_and_ends_the_journey(rehearsal, at, reply, says):
    rehearsal.bend = lambda *_: reply
    walked = rehearsal.carry(claim(at(0)))
    assert [advanced.verdict for _, advanced in walked] == ["wrong"]
    assert says in walked[0][1].says


@pytest.mark.parametrize("status", [0, 429, 502, 503, 504])
def test_what_nobody_answered_is_neither_right_nor_wrong(rehearsal, at, status):
    rehearsal.bend = lambda *_: Reply(status, b"", None, None)
    walked = rehearsal.carry(claim(at(0)))
    assert [advanced.verdict for _, advanced in walked] == ["unanswered"]


def test_the_number_of_requests_that_a_journey_says_it_makes_is_what_it_makes(rehearsal, at):
    profile = load_profile("fnol-spike")
    book = rehearsal.book(3)
    for name, journey in JOURNEYS.items():
        made = [
            len(rehearsal.carry(journey.walk(at(arrival, book=book, retry_share=profile.retry_share))))
            for arrival in range(200)
        ]
        assert sum(made) / len(made) == pytest.approx(journey.requests(profile), abs=0.12), name
    assert requests_per_arrival(profile) == pytest.approx(0.5 * 9 + 0.25 * 3.2 + 0.25)


def _first_asks(walk):
    yield next(walk)


def rehearsal_now():
    from datetime import UTC, datetime

    return datetime(2026, 9, 15, 16, tzinfo=UTC)
