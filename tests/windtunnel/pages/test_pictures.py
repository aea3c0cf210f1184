"""The pictures of the machines are those of the machines."""

import pytest

from model.waiting import STEPS
from windtunnel.pages.pictures import BEGIN, PAGE, PICTURES, README, diagram, drawn, steps_of


@pytest.mark.parametrize(("page", "names"), [(PAGE, PICTURES), (README, ("policy", "job"))])
def test_every_picture_of_a_page_is_current(page, names):
    text = page.read_text(encoding="utf-8")

    assert all(BEGIN.format(name) in text for name in names)
    assert text.count("stateDiagram") == len(names)
    if page == PAGE:
        assert all(BEGIN.format(f"{process} steps") in text for process in STEPS)
    assert drawn(text) == text


def test_a_policy_goes_where_its_trade_says():
    found = {(before, after) for before, _, after in PICTURES["policy"]()}

    assert found >= {
        ("Unwritten", "Quoted"),
        ("Quoted", "Bound"),
        ("Bound", "InForce"),
        ("InForce", "PendingCancel"),
        ("PendingCancel", "InForce"),
        ("PendingCancel", "Cancelled"),
        ("InForce", "Cancelled"),
        ("Cancelled", "InForce"),
        ("InForce", "Expired"),
    }


@pytest.mark.parametrize("end", ["issued", "declined", "withdrawn", "not_taken", "expired", "preempted"])
def test_a_job_can_end_in_every_way_that_it_has(end):
    assert end in {after for _, _, after in PICTURES["job"]()}


def test_a_page_without_markers_is_left_alone_and_a_stale_picture_is_drawn_anew():
    stale = f"{BEGIN.format('moratorium')}\nold\n<!-- moratorium ends -->\n"

    assert drawn("nothing here\n") == "nothing here\n"
    assert diagram(PICTURES["moratorium"]()) in drawn(stale)
    assert "old" not in drawn(stale)


def test_money_in_time_leads_a_policy_back_from_its_cancellation():
    found = set(PICTURES["cancel_for_nonpayment"]())

    assert ("Pending", "EndDelinquency", "Rescinding") in found
    assert ("Cancelled", "EndDelinquency", "Reinstating") in found
    assert ("Reinstating", "HearReinstated", "Kept") in found


def test_a_table_of_steps_tells_who_is_asked_how_long_and_what_then():
    rows = steps_of("claim_payout").splitlines()

    assert "| payout | payments | 4 h | inquiry | money on its way to the payee | compensation |" in rows
    assert len(rows) == 2 + len(STEPS["claim_payout"])
