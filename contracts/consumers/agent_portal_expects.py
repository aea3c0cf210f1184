"""What the agent portal expects of a core, call by call."""

from collections.abc import Callable
from datetime import UTC, date, datetime

from msgspec import Struct

from contracts.consumers.agent_portal import AgentPortal
from contracts.consumers.expectation import Expectation, Known

CONSUMER = "agent-portal"

QUOTED, BOUND, TOO_LATE, MIDTERM = date(2026, 5, 1), date(2026, 5, 10), date(2026, 7, 1), date(2026, 8, 1)
STORM = datetime(2026, 9, 10, 18, 30, tzinfo=UTC)
BEFORE, WINTER = datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2027, 1, 15, 12, tzinfo=UTC)
EVER = datetime(2099, 1, 1, tzinfo=UTC)
NOBODY = "P-NONE-SUCH"


def application(**changed: object) -> dict[str, object]:
    """A Florida home for 2,400.00 a year, paid monthly, as the agent types it in."""
    return {
        "insured_id": "I-000777",
        "product": "homeowners",
        "state": "FL",
        "zone": "America/New_York",
        "start": "2026-06-01",
        "plan": "monthly",
        "autopay": "on",
        "payers": [_payer(1)],
        "coverages": [_coverage("dwelling", "300000.00"), _coverage("contents", "100000.00")],
        "charges": [_charge("premium", "2400.00"), _charge("tax", "43.20"), _charge("fee", "25.00")],
        "on": QUOTED,
    } | changed


def _payer(weight: int) -> dict[str, object]:
    return {"payer_id": "I-000777", "kind": "insured", "weight": weight}


def _charge(pattern: str, amount: str, currency: str = "USD") -> dict[str, object]:
    return {"pattern": pattern, "amount": {"amount": amount, "currency": currency}}


def _coverage(code: str, limit: str) -> dict[str, object]:
    amounts = {"limit": limit, "deductible": "1000.00", "hurricane_deductible": "6000.00"}
    return {"code": code, **{name: {"amount": amount, "currency": "USD"} for name, amount in amounts.items()}}


def _quoting(description: str, **changed: object) -> Expectation[AgentPortal]:
    return Expectation(description, None, lambda portal, _: portal.quote(application(**changed)))


def _of_policy(description: str, given: str, acts: Callable[[AgentPortal, str], Struct]) -> Expectation[AgentPortal]:
    """Something that the portal does with the policy of a state."""

    def with_its_id(portal: AgentPortal, known: Known) -> Struct:
        return acts(portal, known["policy_id"])

    return Expectation(description, given, with_its_id)


EXPECTATIONS: tuple[Expectation[AgentPortal], ...] = (
    _quoting("a quote for a home"),
    _quoting("a quote that nobody would pay", payers=[_payer(0)]),
    _quoting("a quote on a plan that the carrier does not offer", plan="fortnightly"),
    _quoting("a quote with a charge that the carrier does not know", charges=[_charge("stamp", "10.00")]),
    _quoting("a quote in a foreign currency", charges=[_charge("premium", "2400.00", "EUR")]),
    _quoting("a quote with a negative premium", charges=[_charge("premium", "-2400.00")]),
    _quoting("a quote with half a cent", charges=[_charge("premium", "2400.005")]),
    _of_policy("binding a quote in time", "a quoted policy", lambda portal, it: portal.bind(it, BOUND)),
    _of_policy("binding a quote too late", "a quoted policy", lambda portal, it: portal.bind(it, TOO_LATE)),
    _of_policy("binding what is in force already", "a policy in force", lambda portal, it: portal.bind(it, BOUND)),
    _of_policy("binding what was cancelled", "a policy cancelled midway", lambda portal, it: portal.bind(it, BOUND)),
    Expectation("binding a policy that nobody knows", None, lambda portal, _: portal.bind(NOBODY, BOUND)),
    _of_policy("issuing a bound policy", "a bound policy", lambda portal, it: portal.issue(it, BOUND)),
    _of_policy("issuing a mere quote", "a quoted policy", lambda portal, it: portal.issue(it, BOUND)),
    Expectation("issuing a policy that nobody knows", None, lambda portal, _: portal.issue(NOBODY, BOUND)),
    _of_policy("the standing of a quote", "a quoted policy", lambda portal, it: portal.standing(it)),
    _of_policy("the page of a policy in force", "a policy in force", lambda portal, it: portal.policy(it)),
    _of_policy("the page of a cancelled policy", "a policy cancelled midway", lambda portal, it: portal.policy(it)),
    _of_policy(
        "a policy as of a day",
        "a policy cancelled midway",
        lambda portal, it: portal.policy_as_of(it, effective=MIDTERM, known_at=EVER),
    ),
    Expectation("the standing of a policy that nobody knows", None, lambda portal, _: portal.standing(NOBODY)),
    _of_policy(
        "cover for a dwelling in the storm", "a policy in force", lambda portal, it: portal.cover(it, "dwelling", STORM)
    ),
    _of_policy("cover that was never bought", "a policy in force", lambda portal, it: portal.cover(it, "flood", STORM)),
    _of_policy("cover before the term", "a policy in force", lambda portal, it: portal.cover(it, "dwelling", BEFORE)),
    _of_policy(
        "cover after a cancellation",
        "a policy cancelled midway",
        lambda portal, it: portal.cover(it, "dwelling", WINTER),
    ),
    Expectation(
        "cover under a policy that nobody knows", None, lambda portal, _: portal.cover(NOBODY, "dwelling", STORM)
    ),
)
