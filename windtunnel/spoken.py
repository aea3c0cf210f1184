"""The answer on the terminal: business words first, then where the rest is."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from simulations.records import Manifest, Record
from windtunnel.console import answers
from windtunnel.contrast import contrasts
from windtunnel.story import command_of, story_of

COLUMNS: tuple[tuple[str, Literal["left", "right"]], ...] = (
    ("Answer", "left"),
    ("Difference", "right"),
    ("Error, 95%", "right"),
    ("", "left"),
)


def speak_run(record: Record, out: Path) -> None:
    """What happened, what it cost, what would help, and where the report is."""
    console = answers()
    story = story_of(record)
    console.print(_head(record.manifest))
    _say(console, "What happened", story.happened)
    _say(console, "What it cost", story.cost)
    _say(console, "What would help", tuple(advice.says for advice in story.advice))
    commands = [command for advice in story.advice if (command := command_of(advice, record.manifest))]
    if commands:
        console.print("\nTo see what that is worth:")
    for command in commands:
        console.print(f"  {command}", markup=False, soft_wrap=True)
    _where(console, out)


def speak_comparison(record: Record, out: Path) -> None:
    """What changes with each setting against the first."""
    console = answers()
    console.print(_head(record.manifest))
    for each in contrasts(record):
        _say(console, each.title, (each.says,))
        if each.rows:
            table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
            for column, justify in COLUMNS:
                table.add_column(column, justify=justify)
            for row in each.rows:
                table.add_row(*row)
            console.print(Padding(table, (0, 0, 0, 2), expand=False))
        if each.same:
            _say(console, "", (f"{len(each.same)} more answers are the same in every pair.",))
    _where(console, out)


def _head(manifest: Manifest) -> str:
    parts = [f"[bold]{escape(manifest.scenario.replace('_', ' ').capitalize())}[/bold]"]
    parts += [f"carrier {escape(manifest.carrier)}"] if manifest.carrier else []
    parts += [f"law as of {manifest.law_as_of}"] if manifest.law_as_of else []
    plural = "replication" if manifest.replications == 1 else "replications"
    return ", ".join([*parts, f"seed {manifest.seed}", f"{manifest.replications} {plural}"])


def _say(console: Console, title: str, sentences: Sequence[str]) -> None:
    if sentences and title:
        console.print(f"\n[bold]{escape(title)}[/bold]")
    for sentence in sentences:
        console.print(Padding(escape(sentence), (0, 0, 0, 2), expand=False))


def _where(console: Console, out: Path) -> None:
    console.print(f"\nReport: {out / 'report.html'}", markup=False, soft_wrap=True)
