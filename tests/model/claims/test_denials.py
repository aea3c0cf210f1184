"""What a claimant is told when a loss is not covered: a code, a sentence and a part of the policy."""

from datetime import date
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from fixtures.histories import NOTICE, at, insured, report
from fixtures.jurisdictions import florida
from model.claims.commands import VerifyCoverage
from model.claims.denials import DENIALS
from model.claims.events import CoverageDenied
from model.claims.vocabulary import DenialReason
from model.core import Core

POLICY = insured(1)
DENIED = {
    "not_in_force": (replace(POLICY, end=date(2026, 9, 1)), "dwelling"),
    "cancelled_before_loss": (replace(POLICY, cancelled_on=date(2026, 9, 1)), "dwelling"),
    "coverage_absent": (POLICY, "flood"),
}


def test_every_reason_has_a_sentence_and_a_part_of_the_policy_of_its_own():
    assert set(DENIALS) == set(get_args(DenialReason))
    assert all(reason == one.reason for reason, one in DENIALS.items())
    assert len({one.text for one in DENIALS.values()}) == len({one.clause for one in DENIALS.values()}) == len(DENIALS)
    assert all(one.text.endswith(".") and ": " in one.clause for one in DENIALS.values())


@pytest.mark.parametrize("reason", DENIED)
def test_a_denial_says_its_code_its_sentence_and_its_part_of_the_policy(reason: Any):
    policy, coverage = DENIED[reason]
    core = Core(*florida())
    core.submit(report(1))
    about: dict[str, Any] = {"claim_id": "C-000001", "on": NOTICE, "at": at(NOTICE)}
    decision: Any = core.submit(VerifyCoverage(coverage=coverage, policy=policy, **about))

    denied = decision[0]
    assert isinstance(denied, CoverageDenied)
    assert (denied.reason, denied.text, denied.clause) == (reason, DENIALS[reason].text, DENIALS[reason].clause)
