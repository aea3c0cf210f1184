"""The record: what a row says of a request, and which records of other tools can be read."""

import polars as pl
import pytest

from contracts.spelling import SILENCE
from loadtests.asking import Ask
from loadtests.journeys import claim
from loadtests.record import SCHEMA, Moment, RecordError, dropped_row, kept, line, read_record, row, touched


def test_a_row_names_every_id_that_a_journey_touches(rehearsal, at):
    replies = []
    rehearsal.bend = lambda _, reply: replies.append(reply) or reply
    walked = rehearsal.carry(claim(at(0)))
    found = [touched(ask, reply) for (ask, _), reply in zip(walked, replies, strict=True)]
    ids = [(each.policy, each.account, each.claim, each.payment) for each in found]
    core = rehearsal.core
    (policy,), (account,), (claimed,), (payment,) = (
        tuple(machine.states) for machine in (core.policies, core.accounts, core.claims, core.intents)
    )
    assert ids[0] == (policy, account, None, None)
    assert ids[3] == (policy, None, claimed, None)
    assert ids[5] == (policy, None, claimed, None)
    assert ids[6] == (None, None, None, payment)
    assert [each.amount is not None for each in found] == [ask.operation == "pay_claim" for ask, _ in walked]


def test_what_was_asked_for_is_touched_though_nobody_answered():
    assert touched(Ask("read_account", "A-1"), SILENCE).account == "A-1"


def test_the_lines_become_a_frame_in_the_order_of_their_instants(tmp_path, rehearsal, at):
    lines = tmp_path / "requests.ndjson"
    ask, advanced = rehearsal.carry(claim(at(0)))[0]
    later = row(ask, SILENCE, advanced, Moment(2.0, 2.1, 2.2), journey="claim", arrival=1, step=0)
    earlier = dropped_row(intended=1.0, journey="paying", arrival=0)
    lines.write_bytes(line(later) + line(earlier) + b'{"intended": 3.0, "half a li')
    frame = kept(lines, tmp_path)
    assert frame.schema == SCHEMA
    assert frame["intended"].to_list() == [1.0, 2.0]
    assert frame["dropped"].to_list() == [True, False]
    assert read_record(tmp_path).equals(frame)


def test_a_load_without_requests_leaves_an_empty_frame(tmp_path):
    assert kept(tmp_path / "none.ndjson", tmp_path).is_empty()
    assert read_record(tmp_path).schema == SCHEMA


def test_a_record_of_another_tool_needs_no_more_than_operation_and_status(tmp_path):
    path = tmp_path / "k6.ndjson"
    path.write_text('{"operation": "read_policy", "status": 200, "policy": "P-1"}\n{"operation": "x", "status": 0}\n')
    frame = read_record(path)
    assert frame["policy"].to_list() == ["P-1", None]
    assert frame["amount"].null_count() == 2


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("none.parquet", None, "none.parquet"),
        ("text.ndjson", b"no json\n", "not a record of requests"),
        ("text.parquet", b"no parquet\n", "not a record of requests"),
        ("other.ndjson", b'{"verb": "GET"}\n', "no column 'operation'"),
        ("words.ndjson", b'{"operation": "read_policy", "status": "fine"}\n', "words.ndjson"),
    ],
)
def test_a_record_that_cannot_be_read_is_named_in_one_line(tmp_path, name, content, says):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RecordError) as error:
        read_record(path)
    assert says in str(error.value)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_a_column_may_be_missing_and_is_then_unknown(tmp_path):
    path = tmp_path / "mine.parquet"
    pl.DataFrame({"operation": ["read_claim"], "status": [200]}).write_parquet(path)
    assert read_record(path)["claim"].to_list() == [None]
