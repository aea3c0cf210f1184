"""When a failed payment is tried again, when an unknown one is inquired about, when a webhook is sent again.

    business failure k  -> so many days after it, or the day before the next step of dunning
    never sent          -> so many seconds after it
    unknown             -> inquiries after so many seconds each, then a person

A success cancels whatever is still ahead. All waits are practice and choices of the carrier; no number stands here.
"""

from datetime import date, datetime, timedelta

from model.choices.payments import PaymentsChoices


def business_retry_at(choices: PaymentsChoices, *, failures: int, due_on: date, failed_at: datetime) -> datetime | None:
    """When to try again after the `failures`-th business failure (1 is the first); None when nothing is left.

    `before_dunning_steps` takes the eve of the next step that is still ahead, so that money is asked for before the
    next letter is: a widely used billing system recommends it. The number of retries is the same either way.
    """
    if failures > len(choices.business_retry_days):
        return None
    if choices.retry_alignment == "fixed_days":
        return failed_at + timedelta(days=choices.business_retry_days[failures - 1])
    for step in choices.dunning_step_days:
        eve = due_on + timedelta(days=step - 1)
        if eve > failed_at.date():
            return datetime.combine(eve, failed_at.timetz())
    return None


def technical_retry_at(choices: PaymentsChoices, *, failures: int, failed_at: datetime) -> datetime | None:
    """When to try again what was never sent; None after the last technical retry."""
    if failures > len(choices.technical_retry_seconds):
        return None
    return failed_at + timedelta(seconds=choices.technical_retry_seconds[failures - 1])


def inquire_at(choices: PaymentsChoices, *, made: int, since: datetime) -> datetime | None:
    """When to make the inquiry after `made` ones, counted from the one before; None after the last."""
    if made >= len(choices.inquiry_seconds):
        return None
    return since + timedelta(seconds=choices.inquiry_seconds[made])


def webhook_tries(choices: PaymentsChoices, first_failed_at: datetime) -> tuple[datetime, ...]:
    """Every further try to tell somebody who did not answer, from the first failure on."""
    tries: list[datetime] = []
    at = first_failed_at
    for minutes in choices.webhook_retry_minutes:
        at += timedelta(minutes=minutes)
        tries.append(at)
    return tuple(tries)
