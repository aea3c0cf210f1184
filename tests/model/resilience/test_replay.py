"""Replay: a picture rebuilt from nothing or from a checkpoint equals the live one, and says when it does not."""

import pytest

from model.resilience.replay import Checkpoint, Told, brought_up, digest, told_again

START: Checkpoint[tuple[int, ...]] = Checkpoint(0, ())
LOG = [Told(number, number * 10, number) for number in range(1, 8)]


def added(picture: tuple[int, ...], record: int) -> tuple[int, ...]:
    return (*picture, record)


LIVE = brought_up(START, LOG, added)


@pytest.mark.parametrize("position", range(8))
def test_from_any_checkpoint_the_picture_is_the_live_one(position):
    checkpoint = brought_up(START, LOG[:position], added)

    assert brought_up(checkpoint, told_again(LOG, after=position), added) == LIVE
    assert brought_up(checkpoint, told_again(LOG), added) == LIVE, "what is in the picture is passed over"


def test_what_is_told_again_says_so():
    assert {told.kind for told in LOG} == {"live"}
    assert {told.kind for told in told_again(LOG)} == {"replay"}


def test_a_range_of_time_holds_its_start_and_not_its_end():
    assert [told.record for told in told_again(LOG, since=20, before=50)] == [2, 3, 4]


def test_a_gap_in_what_is_told_is_found():
    with pytest.raises(ValueError, match="after position 2 comes 4"):
        brought_up(START, [*LOG[:2], *LOG[3:]], added)


def test_two_worlds_have_one_digest_when_they_are_equal_and_only_then():
    world = {"a": (1, 2), "b": {"x": 1, "y": 2}}

    assert digest(world) == digest({"b": {"y": 2, "x": 1}, "a": (1, 2)})
    others = [{"a": (1, 2)}, {"a": (2, 1), "b": world["b"]}, {"a": (1, 2), "c": world["b"]}, {"ab": (1, 2)}]
    assert len({digest(other) for other in [world, *others]}) == 5
