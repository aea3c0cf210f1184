from datetime import date, datetime
from typing import Literal

import msgspec
import pytest
from msgspec import Struct
from pact.match.matcher import AbstractMatcher, IntegrationJSONEncoder

from contracts.expected_shape import UnreadableAnswer, expected
from model.wire import Amount


class Line(Struct):
    word: Literal["red", "green"]
    amount: Amount


class Page(Struct):
    page_id: str
    title: str
    word: Literal["red", "green"]
    on: date
    at: datetime
    number: int
    amount: Amount
    lines: tuple[Line, ...]
    line: Line
    nothing: str | None = None


USD = {"amount": "12.30", "currency": "USD"}
ANSWER = {
    "page_id": "P-1",
    "title": "a page",
    "word": "red",
    "on": "2026-06-01",
    "at": "2026-06-01T12:00:00Z",
    "number": 7,
    "amount": USD,
    "lines": [{"word": "green", "amount": USD}, {"word": "red", "amount": USD}],
    "line": {"word": "red", "amount": USD},
    "nothing": None,
    "unread": "left out",
}


def written(matcher):
    """A matcher as Pact takes it."""
    return msgspec.json.decode(IntegrationJSONEncoder().encode(matcher))


@pytest.fixture
def shape():
    return expected(Page, ANSWER)


def test_only_what_is_read_and_there_is_demanded(shape):
    assert set(shape) == set(ANSWER) - {"unread", "nothing"}


def test_an_example_is_what_the_model_answered(shape):
    assert isinstance(shape["title"], AbstractMatcher)
    assert written(shape["title"])["value"] == "a page"


def test_a_word_that_the_reader_branches_on_is_that_word(shape):
    assert shape["word"] == "red"


def test_a_word_in_a_list_is_any_that_the_reader_knows(shape):
    assert written(shape["lines"])["value"][0]["word"]["regex"] == "red|green"


def test_a_list_is_at_least_one_of_its_first(shape):
    assert written(shape["lines"])["min"] == 1
    assert expected(Page, ANSWER | {"lines": []})["lines"] == []


def test_money_is_a_string_with_the_decimals_of_its_currency():
    yen = expected(Page, ANSWER | {"amount": {"amount": "500", "currency": "JPY"}})["amount"]
    assert written(yen["amount"])["regex"] == r"-?\d+"
    assert written(yen["currency"])["regex"] == "JPY"


def test_texts_ids_days_instants_and_numbers_each_have_a_rule(shape):
    assert written(shape["title"])["regex"] == r"[\s\S]+"
    assert written(shape["page_id"])["regex"].startswith("[A-Za-z0-9]")
    assert written(shape["on"])["format"] == "yyyy-MM-dd"
    assert written(shape["at"])["regex"].startswith(r"\d{4}-")
    assert written(shape["number"])["pact:matcher:type"] == "integer"


def test_a_field_that_is_read_and_not_answered_is_no_contract():
    with pytest.raises(UnreadableAnswer, match=r"\$\.line\.word"):
        expected(Page, ANSWER | {"line": {"amount": USD}})


def test_a_word_that_the_reader_does_not_know_is_no_contract():
    with pytest.raises(UnreadableAnswer, match="'blue'"):
        expected(Page, ANSWER | {"word": "blue"})


def test_a_kind_that_no_rule_can_say_is_no_contract():
    class Odd(Struct):
        odd: float

    with pytest.raises(UnreadableAnswer, match=r"\$\.odd"):
        expected(Odd, {"odd": 1.5})
