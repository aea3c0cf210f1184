"""The losses of a storm: how many, when they are noticed, how large, and that each belongs to its policy."""

from datetime import date

import numpy as np
import pytest

from fixtures.portfolios import Portfolio, florida_homeowners
from fixtures.storms import Fitted, fnol_shape
from fixtures.variates import Variates
from simulations.engine import DAY
from simulations.losses import LOSS_AT_HOUR, Losses, storm_losses

BOOK = 20_000
HORIZON = 120
PLANS = {"mortgagee": 1.0}
PORTFOLIO = florida_homeowners(BOOK, Variates(1), PLANS, date(2026, 9, 10))


def losses(
    storm: Fitted = "pooled", *, claim_share: float = 0.2, mean: float = 0.065, cv: float = 1.2, seed: int = 1,
    horizon_days: int = HORIZON, portfolio: Portfolio = PORTFOLIO,
) -> Losses:  # fmt: skip
    return storm_losses(
        portfolio,
        Variates(seed),
        storm=storm,
        claim_share=claim_share,
        loss_share_mean=mean,
        loss_share_cv=cv,
        horizon_days=horizon_days,
    )


def by_policy(found: Losses) -> dict[int, tuple[int, int]]:
    return dict(
        zip(found.policy.tolist(), zip(found.notice.tolist(), found.loss_minor.tolist(), strict=True), strict=True)
    )


def farthest(days: np.ndarray, storm: Fitted, ultimate: int) -> float:
    """How many standard deviations the counts noticed by some days lie from the published shape, at most."""
    shape = fnol_shape(storm)
    worst = 0.0
    for day in (1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 90, 120):
        share = shape.cumulative(float(day))
        noticed = int((days < day).sum())
        worst = max(worst, abs(noticed - ultimate * share) / (ultimate * share * (1 - share)) ** 0.5)
    return worst


@pytest.mark.parametrize("storm", ["irma", "ian", "pooled"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_notices_come_as_those_of_the_storm_did(storm: Fitted, seed: int) -> None:
    found = losses(storm, seed=seed, horizon_days=365)
    days = (found.notice - LOSS_AT_HOUR * (DAY // 24)) / DAY
    assert farthest(days, storm, round(BOOK * 0.2)) < 4.0


def test_the_notices_of_one_storm_are_not_those_of_another() -> None:
    days = (losses("ian", horizon_days=365).notice - LOSS_AT_HOUR * (DAY // 24)) / DAY
    assert farthest(days, "irma", round(BOOK * 0.2)) > 6.0


def test_nothing_is_noticed_before_the_loss_nor_after_the_horizon_and_notices_are_in_order() -> None:
    found = losses(horizon_days=20)
    assert found.notice.min() >= LOSS_AT_HOUR * (DAY // 24)
    assert found.notice.max() < 20 * DAY
    assert (np.diff(found.notice) >= 0).all()
    longer = by_policy(losses(horizon_days=40))
    assert {policy: longer[policy] for policy in found.policy.tolist()} == by_policy(found)


def test_a_policy_is_struck_at_most_once() -> None:
    found = losses(claim_share=1.0, horizon_days=365)
    assert len(set(found.policy.tolist())) == len(found) > 0.9 * BOOK


def test_nobody_claims_when_the_share_is_nothing() -> None:
    assert len(losses(claim_share=0.0)) == 0


def test_more_claims_are_the_same_claims_and_others() -> None:
    few, many = by_policy(losses(claim_share=0.05)), by_policy(losses(claim_share=0.15))
    assert few.items() < many.items()
    assert by_policy(losses(claim_share=0.05, seed=2)).items().isdisjoint(few.items())


def test_losses_have_the_mean_and_the_spread_asked_for_and_are_at_most_the_limit() -> None:
    found = losses(claim_share=1.0, mean=0.05, cv=1.0, horizon_days=365)
    shares = found.loss_minor / PORTFOLIO.coverage_a_minor[found.policy]
    assert shares.mean() == pytest.approx(0.05, rel=0.03)
    assert shares.std() / shares.mean() == pytest.approx(1.0, rel=0.06)
    assert shares.max() <= 1.0
    assert found.loss_minor.min() > 0
    assert (found.loss_minor % 100 == 0).all(), "an estimate is in whole dollars"
    total = losses(claim_share=1.0, mean=5.0, cv=1.0)
    assert (total.loss_minor / PORTFOLIO.coverage_a_minor[total.policy]).max() == 1.0


def test_a_loss_depends_on_its_policy_alone_and_not_on_how_many_there_are() -> None:
    small = florida_homeowners(2_000, Variates(1), PLANS, date(2026, 9, 10))
    every, few = by_policy(losses(claim_share=1.0)), by_policy(losses(claim_share=1.0, portfolio=small))
    assert few.items() <= every.items()
