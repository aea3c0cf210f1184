"""The losses of one storm, drawn for every claim before the first tick.

When each is noticed follows the published curve of a real storm (fixtures/storms); how much is lost, who calls and
who needs a contractor is drawn by claim number, so that the same claim has the same loss under every pattern and
every staffing.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fixtures.portfolios import Portfolio
from fixtures.storms import Fitted, fnol_shape
from fixtures.variates import Variates
from simulations.engine import DAY

LOSS_AT_HOUR = 9
"""ASSUMED: every loss happens at this local hour of day 0."""


def claim_id(number: int) -> str:
    """The claim of a loss by its number among the losses."""
    return f"C{number:07d}"


@dataclass(frozen=True, slots=True)
class Losses:
    """One element per claim that will ever be made, in the order of their notices.

    policy: number in the book. notice: tick of the first notice. loss_minor: gross loss in cents. The rest are uniforms
    in (0, 1), one draw for each question that is asked of a claim.
    """

    policy: NDArray[np.int64]
    notice: NDArray[np.int64]
    loss_minor: NDArray[np.int64]

    def __len__(self) -> int:
        return self.policy.size


def storm_losses(
    portfolio: Portfolio,
    variates: Variates,
    *,
    storm: Fitted,
    claim_share: float,
    loss_share_mean: float,
    loss_share_cv: float,
    horizon_days: int,
) -> Losses:
    """The claims of `claim_share` of the book that are noticed within the horizon.

    A policy is struck at most once. The gross loss is lognormal, as a share of coverage A (`loss_share_mean`,
    `loss_share_cv`), at most all of it.
    """
    policies = len(portfolio)
    struck = np.argsort(variates.uniforms("storm.strikes", np.arange(policies)), kind="stable")
    struck = struck[: round(policies * claim_share)]
    days = fnol_shape(storm).quantiles(variates.uniforms("storm.notice", struck))
    notice = (days * DAY).astype(np.int64) + LOSS_AT_HOUR * (DAY // 24)
    shares = variates.lognormals("storm.loss", struck, mean=loss_share_mean, cv=loss_share_cv)
    lost = np.minimum(shares, 1.0) * portfolio.coverage_a_minor[struck]
    loss = np.maximum(np.rint(lost / 100.0).astype(np.int64), 1) * 100
    order = np.lexsort((struck, notice))
    order = order[notice[order] < horizon_days * DAY]
    return Losses(policy=struck[order], notice=notice[order], loss_minor=loss[order])
