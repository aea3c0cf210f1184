"""What a refusal means: the class of a network's or a processor's code, and why.

    technical_not_sent  nothing left the house: try again soon
    technical_unknown   it may have been sent: inquire, never repeat blindly
    soft_decline        not now: try again by schedule
    hard_decline        never with this instrument as it is: stop
    auth_required       only with the payer: step up

The classes are rows (fixtures/payments/failure_classes.csv) with the days from which and until which they hold, and
come with the law. A code without a row means nothing here: it parks the payment for a person, because a guess could be
a second payment.
"""

from model.jurisdiction import FailureRow, Law

NOT_FOUND = "not_found"
"""The code of an attempt that an inquiry could not find: it was never sent."""


def classify(law: Law, *, network: str, code: str) -> FailureRow | None:
    """What a code means on the law's day; None for a code that nobody classed."""
    return law.failures.get((network, code))


def explain(law: Law, *, network: str, code: str) -> str:
    """One sentence for the person who looks at a refused payment."""
    row = classify(law, network=network, code=code)
    if row is None:
        return f"{network} {code} is not classed as of {law.as_of}: a person decides"
    return f"{network} {code} is a {row.failure.replace('_', ' ')}: {row.action.replace('_', ' ')} ({row.citation})"
