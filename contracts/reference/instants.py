"""Instants as the store can order them, exactly."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(at: datetime) -> int:
    """Since 1970, UTC."""
    return (at - EPOCH) // timedelta(microseconds=1)


def instant(since_epoch: int) -> datetime:
    """The same back."""
    return EPOCH + timedelta(microseconds=since_epoch)
