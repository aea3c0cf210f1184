"""The ids of payment intents, which name what the money is for.

    collect:A-000123:4      invoice 4 of the account, drafted or paid
    payout:C-000123:PAY-7   payment PAY-7 of the claim

A receiver that cannot tell a second arrival of a message from a new one marks the first word (`collect~2:...`), while
whoever books a payment twice marks the end of its id (`...:4~2`): the two cannot be taken for each other, and no
claim's payment id can be taken for another's.
"""


def collection_id(account_id: str, reference: str, *, repeat: str = "") -> str:
    """The intent that collects an invoice of an account."""
    return f"collect{repeat}:{account_id}:{reference}"


def try_id(intent_id: str, ordinal: int) -> str:
    """The name of an attempt, which its card and its processor know: processors dislike one that comes twice."""
    return f"{intent_id}/{ordinal}"


def payout_id(claim_id: str, payment_id: str, *, repeat: str = "") -> str:
    """The intent that pays out a payment of a claim."""
    return f"payout{repeat}:{claim_id}:{payment_id}"
