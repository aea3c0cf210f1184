"""The command that serves the reference deployment. What it does is in `contracts.reference`, which needs the extra
`serve`.
"""

from typing import Annotated

import typer

from windtunnel.errors import BadInput
from windtunnel.extras import needs


def serve(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes any free one.")] = 8080,
    database: Annotated[
        str, typer.Option("--database", metavar="PATH", help="Where to keep it; :memory: forgets at the end.")
    ] = ":memory:",
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="Another interface than loopback has to be named.")
    ] = "127.0.0.1",
    carrier: Annotated[
        str, typer.Option("--carrier", metavar="NAME", help="The insurer's choices: a shipped profile, or a path.")
    ] = "coastal_mutual",
    settings: Annotated[
        str | None,
        typer.Option("--settings", metavar="FILE", help="TOML: limits, and what an idempotency key means."),
    ] = None,
    hooks: Annotated[bool, typer.Option("--hooks", help="Let tests drain it and plant defects, at /_hooks.")] = False,
) -> None:
    """Serve the reference deployment: the model over HTTP, until Ctrl-C. WINDTUNNEL_TOKEN makes it want a token."""
    with needs("serve"):
        from contracts.reference import serving
    try:
        serving.serve(
            port=port,
            database=database,
            host=host,
            hooks="hooks" if hooks else "none",
            carrier=carrier,
            defects=(),
            settings=settings,
            tell=lambda line: print(line, flush=True),
        )
    except serving.CannotServe as error:
        raise BadInput(str(error)) from error
