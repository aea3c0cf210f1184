"""The commands that hold a deployment to its contracts. What they do is in `contracting`, which needs the extra
`verify`.
"""

from pathlib import Path
from typing import Annotated

import typer

from windtunnel.extras import needs

Deployment = Annotated[
    str, typer.Argument(metavar="DEPLOYMENT", help="A deployment's name, or the path of a deployment.toml.")
]
Pacts = Annotated[
    list[Path] | None,
    typer.Option("--pacts", metavar="PATH", help="A pact or a folder of pacts, as often as needed; ours if not set."),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]

pacts = typer.Typer(help="Contracts drawn from the model.", no_args_is_help=True)


@pacts.command()
def build(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where they go; where ours are if not set.")
    ] = None,
) -> None:
    """Draw every consumer's pact from the model, and write them."""
    with needs("verify"):
        from windtunnel import contracting
    contracting.build(out)


@pacts.command()
def check(
    folder: Annotated[
        Path | None, typer.Option("--dir", metavar="DIR", help="Where they are; ours if not set.")
    ] = None,
) -> None:
    """Draw the pacts again and compare. Exit codes: 0 good, 1 stale, unknown or uncovered, which it says."""
    with needs("verify"):
        from windtunnel import contracting
    contracting.check(folder)


def verify(
    deployment: Deployment,
    pacts: Pacts = None,
    only: Annotated[
        str | None, typer.Option("--only", metavar="REGEX", help="Interactions whose description this is found in.")
    ] = None,
    junit: Annotated[Path | None, typer.Option("--junit", metavar="FILE", help="Write JUnit XML as well.")] = None,
    json: Json = False,
) -> None:
    """Verify pacts against a deployment; never green on what was not verified.

    Exit codes: 0 verified, 1 something is not, 2 bad input, 4 there was nothing to verify, 7 unreachable or refused.
    """
    with needs("verify"):
        from windtunnel import contracting
    contracting.verify(deployment, sources=tuple(pacts or ()), only=only, junit=junit, form="json" if json else "words")


def states(
    deployment: Deployment,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes any free one.")] = 0,
    pacts: Pacts = None,
) -> None:
    """Serve states and messages of a deployment to Pact verifiers of any language, until Ctrl-C."""
    with needs("verify"):
        from windtunnel import contracting
    contracting.states(deployment, port=port, sources=tuple(pacts or ()))


def conform(
    deployment: Deployment,
    examples: Annotated[int, typer.Option("--examples", min=1, help="Walks to try.")] = 100,
    steps: Annotated[int, typer.Option("--steps", min=1, max=200, help="Steps of a walk at most.")] = 20,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed tries the same walks.")] = 1,
    seconds: Annotated[
        float | None, typer.Option("--seconds", min=0, metavar="MAX", help="Stop after so long; no limit if not set.")
    ] = None,
    replay: Annotated[
        Path | None, typer.Option("--replay", metavar="FILE", help="Only the walk that a run wrote down.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where a failing walk goes; under runs/ if not set.")
    ] = None,
    json: Json = False,
) -> None:
    """Drive model and deployment in lockstep, and show the shortest walk on which they part.

    Exit codes: 0 conforms, 1 does not, 2 bad input, 4 nothing was checked, 7 unreachable or refused.
    """
    with needs("verify"):
        from windtunnel import contracting
    contracting.conform(
        contracting.Asked(
            deployment=deployment,
            examples=examples,
            steps=steps,
            seed=seed,
            seconds=seconds,
            replay=replay,
            out=out,
            form="json" if json else "words",
        )
    )
