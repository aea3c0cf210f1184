"""A load and its audit on the terminal."""

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from loadtests.audit import Audit
from loadtests.verdict import Verdict
from windtunnel.console import answers

SHOWN_FINDINGS = 10


def speak_load(verdict: Verdict, found: Audit | None, folder: Path) -> None:
    """The verdict and why, then every operation, the generator, the audit, and where the report is."""
    console = answers()
    measured = verdict.measured
    head = f"[bold]{escape(verdict.profile)}[/bold] on {escape(verdict.deployment)}, seed {verdict.seed}"
    console.print(f"{head}, up to {verdict.rate:g} requests a second for {verdict.seconds:g} s")
    for reason in verdict.reasons:
        console.print(Padding(escape(sentence(reason)), (0, 0, 0, 2), expand=False))
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("Operation")
    for column in ("Requests", "Half within", "95 %", "99 %", "Promised, 95 %"):
        table.add_column(column, justify="right")
    table.add_column("")
    for level in measured.levels:
        kept = {True: "kept", False: "[bold red]missed[/]", None: ""}[level.holds]
        table.add_row(
            level.operation,
            str(level.requests),
            *(milliseconds(value) for value in (level.p50_ms, level.p95_ms, level.p99_ms, level.bound_ms)),
            kept,
        )
    console.print()
    console.print(table)
    late = measured.generator
    console.print(
        f"\nOf {measured.arrivals} arrivals {late.dropped} were dropped; 99 of 100 of the others were sent within "
        f"{milliseconds(late.p99_ms) or 'no time at all'} of their instant, {late.bound_ms:g} ms are allowed."
    )
    if found is not None:
        _audit(console, found)
    console.print(f"\nReport: {folder / 'report.html'}", markup=False, soft_wrap=True)


def speak_audit(found: Audit, folder: Path) -> None:
    """What was judged, what was found, what could not be judged."""
    console = answers()
    _audit(console, found)
    console.print(f"\nAudit: {folder / 'audit.json'}", markup=False, soft_wrap=True)


def audit_summary(found: Audit) -> str:
    """`Audited 20 policies, ...: 432 judgements, nothing wrong.`"""
    names = {"policy": "policies", "account": "accounts", "claim": "claims", "payment": "payments"}
    read = ", ".join(f"{count} {names[kind] if count != 1 else kind}" for kind, count in found.read.items())
    wrong = "nothing wrong"
    if found.findings:
        off = f", {found.off_minor} cents off" if found.off_minor else ""
        wrong = f"{len(found.findings)} things wrong{off}"
    return f"Audited {read}: {found.judgements} judgements, {wrong}."


def skipped_summary(found: Audit) -> tuple[str, ...]:
    return tuple(
        f"{each.code} could not be judged on {each.subjects} of them: the answers have no {each.lacks}."
        for each in found.skipped
    )


def _audit(console: Console, found: Audit) -> None:
    console.print(f"\n{audit_summary(found)}", highlight=False)
    for finding in found.findings[:SHOWN_FINDINGS]:
        console.print(Padding(escape(f"{finding.code} {finding.text}"), (0, 0, 0, 2), expand=False))
    if len(found.findings) > SHOWN_FINDINGS:
        console.print(f"  and {len(found.findings) - SHOWN_FINDINGS} more in audit.json")
    for line in skipped_summary(found):
        console.print(Padding(escape(line), (0, 0, 0, 2), expand=False))


def sentence(reason: str) -> str:
    """A reason as a sentence; the name of an operation stays as it is written."""
    first = reason if "_" in reason.partition(" ")[0] else reason[0].upper() + reason[1:]
    return f"{first}."


def milliseconds(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f} ms" if value >= 10.0 else f"{value:.1f} ms"
