"""The commands that load and audit. What they do is in `loading`, which needs the extra `load`."""

from pathlib import Path
from typing import Annotated

import typer

from windtunnel.extras import needs

Deployment = Annotated[
    str, typer.Argument(metavar="DEPLOYMENT", help="A deployment's name, or the path of a deployment.toml.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress.")]


def load(
    deployment: Deployment,
    profile: Annotated[str, typer.Argument(metavar="PROFILE", help="A load profile's name, or the path of a .toml.")],
    rate: Annotated[
        float | None,
        typer.Option("--rate", metavar="R", help="Requests a second at the height, instead of the profile's."),
    ] = None,
    seconds: Annotated[
        float | None, typer.Option("--seconds", metavar="S", help="How long, instead of the profile's; warm-up scales.")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="The same seed brings the same arrivals.")] = None,
    remote: Annotated[
        str, typer.Option("--remote", metavar="HOST", help="The host once more, if it is not this machine.")
    ] = "",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="The load folder; under runs/ if not set.")
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Load a deployment open loop, then audit every account and claim that was touched.

    Exit codes, the first that applies: 2 bad input, 7 unreachable or refused, 1 wrong answers or wrong money, 5 no
    load made, 4 nothing could be audited, 6 generator saturated, 3 service level missed, 0 good.
    """
    with needs("load"):
        from windtunnel import loading
    loading.load(
        loading.Asked(
            deployment=deployment,
            profile=profile,
            rate=rate,
            seconds=seconds,
            seed=seed,
            remote=remote,
            out=out,
            form="json" if json else "words",
            shown="quiet" if quiet else "shown",
        )
    )


def audit(
    deployment: Deployment,
    record: Annotated[
        Path, typer.Option("--load", metavar="FOLDER", help="A load folder, or any tool's record (.parquet, .ndjson).")
    ],
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Read everything that a load touched, and judge it: is every cent where it belongs?

    Exit codes: 0 good, 1 something is wrong, 2 bad input, 4 nothing could be judged, 7 unreachable or refused.
    """
    with needs("load"):
        from windtunnel import loading
    loading.audit_of(deployment, record, form="json" if json else "words", shown="quiet" if quiet else "shown")
