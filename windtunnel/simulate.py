"""The commands that simulate. What they do is in `running`, which needs the extra `simulate`."""

from pathlib import Path
from typing import Annotated

import typer

from windtunnel.extras import needs

Scenario = Annotated[
    str,
    typer.Argument(
        metavar="SCENARIO", help="A scenario's name, or the path of a scenario.toml or of a Python file with a Kind."
    ),
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "-s", "--set", metavar="KEY=VALUE", help="A parameter, as often as needed; `scenarios NAME` has them."
    ),
]
Carrier = Annotated[
    str | None, typer.Option("--carrier", metavar="NAME", help="The insurer's choices: a shipped profile, or a path.")
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="The same seed draws the same numbers.")]
Replications = Annotated[int, typer.Option("--replications", min=1, help="How often, each time with other draws.")]
Workers = Annotated[
    int | None, typer.Option("--workers", min=1, help="Processes at work; as many as there are processors if not set.")
]
Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="The run folder; under runs/ if not set.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with the interrupted run of this folder.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress.")]
RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")]


def scenarios(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="One scenario, with its parameters.")] = None,
    json: Json = False,
) -> None:
    """List the scenarios, or the parameters of one with units, defaults and meaning."""
    with needs("simulate"):
        from windtunnel import listing
    listing.scenarios(name, form="json" if json else "table")


def run(
    scenario: Scenario,
    sets: Sets = None,
    carrier: Carrier = None,
    seed: Seed = 1,
    replications: Replications = 1,
    workers: Workers = None,
    out: Out = None,
    json: Json = False,
    fail_if: Annotated[
        list[str] | None,
        typer.Option("--fail-if", metavar="EXPR", help="Exit with 1 if this holds, such as clocks_missed_share>0.2."),
    ] = None,
    resume: Resume = False,
    quiet: Quiet = False,
) -> None:
    """Run a scenario, print the answer, and write a run folder with report.html."""
    with needs("simulate"):
        from windtunnel import running
    running.run(
        running.Asked(
            scenario=scenario,
            sets=tuple(sets or ()),
            carrier=carrier,
            seed=seed,
            replications=replications,
            workers=workers,
            out=out,
            form="json" if json else "words",
            begin="resume" if resume else "anew",
            shown="quiet" if quiet else "shown",
        ),
        fail_if=tuple(fail_if or ()),
    )


def compare(
    scenario: Scenario,
    vary: Annotated[
        list[str],
        typer.Option("--vary", metavar="KEY=A,B,C", help="Values to compare, the first with all others; repeatable."),
    ],
    sets: Sets = None,
    carrier: Carrier = None,
    seed: Seed = 1,
    replications: Replications = 10,
    workers: Workers = None,
    out: Out = None,
    json: Json = False,
    resume: Resume = False,
    quiet: Quiet = False,
) -> None:
    """Compare settings of a scenario in pairs: replication k of each meets the same draws."""
    with needs("simulate"):
        from windtunnel import running
    running.compare(
        running.Asked(
            scenario=scenario,
            sets=tuple(sets or ()),
            carrier=carrier,
            seed=seed,
            replications=replications,
            workers=workers,
            out=out,
            form="json" if json else "words",
            begin="resume" if resume else "anew",
            shown="quiet" if quiet else "shown",
        ),
        vary=tuple(vary),
    )


def replay(
    run_folder: RunFolder,
    replication: Annotated[int, typer.Option("--replication", min=0, help="Which one, counted from 0.")] = 0,
    setting: Annotated[int, typer.Option("--setting", min=0, help="Of a comparison: which one, from 0.")] = 0,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where the trace goes, as .parquet or .csv.")
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Run one replication again, check that it comes out the same, and write its full trace."""
    with needs("simulate"):
        from windtunnel import replaying
    replaying.replay(
        run_folder,
        replication=replication,
        setting=setting,
        out=out,
        form="json" if json else "words",
        shown="quiet" if quiet else "shown",
    )


def report(run_folder: RunFolder) -> None:
    """Draw report.html again from what is in a run folder."""
    with needs("simulate"):
        from windtunnel import replaying
    replaying.report(run_folder)
