"""A verification for machines: JUnit XML as CI servers show it, which the verifier's own "junit" is not, and JSON."""

from xml.etree import ElementTree

import msgspec

from contracts.verification import Outcome, Verification


def as_json(verification: Verification) -> bytes:
    """One object, on one line."""
    counts = {
        "interactions": len(verification.outcomes),
        "verified": verification.count("verified"),
        "skipped": verification.count("skipped"),
    }
    document = {
        "deployment": verification.deployment,
        "result": verification.result,
        **counts,
        "faults": verification.faults,
        "outcomes": [{"result": outcome.result} | msgspec.to_builtins(outcome) for outcome in verification.outcomes],
    }
    return msgspec.json.encode(document)


def as_junit(verification: Verification) -> bytes:
    """One suite for each consumer; what the guard found is a suite of its own, so that no viewer hides it."""
    root = ElementTree.Element("testsuites", name=f"verify {verification.deployment}")
    by_consumer: dict[str, list[Outcome]] = {}
    for outcome in verification.outcomes:
        by_consumer.setdefault(outcome.consumer, []).append(outcome)
    for consumer, outcomes in by_consumer.items():
        suite = _suite(root, consumer, tests=len(outcomes), failures=sum(bool(one.reasons) for one in outcomes))
        suite.set("skipped", str(sum(one.result == "skipped" for one in outcomes)))
        for outcome in outcomes:
            case = _case(suite, consumer, _title(outcome), outcome.reasons, seconds=outcome.seconds)
            if outcome.result == "skipped":
                ElementTree.SubElement(case, "skipped", message=outcome.lacks)
    nothing = verification.result == "nothing checked"
    faults = verification.faults or (("there was nothing to verify",) if nothing else ())
    if faults:
        suite = _suite(root, "guard", tests=len(faults), failures=len(faults))
        for fault in faults:
            _case(suite, "guard", fault, (fault,), seconds=0.0)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _suite(root: ElementTree.Element, name: str, *, tests: int, failures: int) -> ElementTree.Element:
    return ElementTree.SubElement(root, "testsuite", name=name, tests=str(tests), failures=str(failures), errors="0")


def _case(
    suite: ElementTree.Element, consumer: str, title: str, reasons: tuple[str, ...], *, seconds: float
) -> ElementTree.Element:
    case = ElementTree.SubElement(suite, "testcase", classname=consumer, name=title, time=f"{seconds:.3f}")
    if reasons:
        failure = ElementTree.SubElement(case, "failure", message=reasons[0])
        failure.text = "\n".join(reasons)
    return case


def _title(outcome: Outcome) -> str:
    given = " and ".join(outcome.states)
    return f"{outcome.description}, given {given}" if given else outcome.description
