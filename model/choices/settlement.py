"""How an insurer settles what it pays and what it is paid. Every default is practice and no law."""

from collections.abc import Iterator

from msgspec import Struct


class SettlementChoices(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """How the insurer settles what it pays and what it is paid. Every default is practice and no law [K].

    A payout run carries at most `payout_run_minor`; a payee whose bank details changed waits `payout_cooling_off_days`.
    A processor wants the answer to a dispute `dispute_margin_days` before the network does. A settled amount may differ
    from what was expected by `reconciliation_tolerance_minor` and its day by `reconciliation_tolerance_days`; what has
    not come `reconciliation_missing_days` after its day is missing. The tries of an outgoing webhook are moved by up to
    `webhook_jitter_percent`, and of those that were delivered the last `webhooks_remembered` can be replayed.
    """

    payout_run_minor: int = 500_000_000
    payout_cooling_off_days: int = 3
    dispute_margin_days: int = 9
    reconciliation_tolerance_minor: int = 0
    reconciliation_tolerance_days: int = 3
    reconciliation_missing_days: int = 5
    webhook_jitter_percent: int = 10
    webhooks_remembered: int = 1000

    def faults(self) -> Iterator[str]:
        """What is wrong, each by its key in the profile."""
        for key in self.__struct_fields__:
            if getattr(self, key) < 0:
                yield f"settlement.{key}: {getattr(self, key)} is negative"
