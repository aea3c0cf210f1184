"""The commands that care for the reference deployment's database. What they do is in `caring`, which needs the extra
`serve`.
"""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from windtunnel.extras import needs

Database = Annotated[Path, typer.Argument(metavar="DATABASE", help="The database that `serve --database` keeps.")]
CarrierName = Annotated[
    str, typer.Option("--carrier", metavar="NAME", help="The insurer's choices: a shipped profile, or a path.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]

ops = typer.Typer(help="Care for the reference deployment: what waits, what is stuck.", no_args_is_help=True)


@ops.command("dead-letters")
def dead_letters(database: Database, carrier: CarrierName = "coastal_mutual", json: Json = False) -> None:
    """List what was published and did not arrive, and why."""
    with needs("serve"):
        from windtunnel import caring
    caring.dead_letters(database, carrier=carrier, form="json" if json else "words")


@ops.command()
def redeliver(
    database: Database,
    context: Annotated[
        str | None, typer.Option("--context", metavar="NAME", help="Whose key: policy, billing, claims, ...")
    ] = None,
    subject: Annotated[
        str | None, typer.Option("--subject", metavar="ID", help="The key, as `ops dead-letters` names it.")
    ] = None,
    carrier: CarrierName = "coastal_mutual",
    json: Json = False,
) -> None:
    """Hand on what waits, each key in its order: everything, or one key.

    Exit codes: 0 nothing of it waits any more, 1 something still does, which it says, 2 bad input, 7 it is busy.
    """
    with needs("serve"):
        from windtunnel import caring
    caring.redeliver(database, context=context, subject=subject, carrier=carrier, form="json" if json else "words")


@ops.command()
def stuck(database: Database, carrier: CarrierName = "coastal_mutual", json: Json = False) -> None:
    """List the processes and payments that a person should look at, the one that waits longest first."""
    with needs("serve"):
        from windtunnel import caring
    caring.stuck(database, carrier=carrier, form="json" if json else "words")


@ops.command("return-rates")
def return_rates(
    database: Database,
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The last day that counts; today.")
    ] = None,
    carrier: CarrierName = "coastal_mutual",
    json: Json = False,
) -> None:
    """Tell how many debits came back over the ACH network, as the network counts them.

    Exit codes: 0 every rate is within its level, 1 one is above, which it says, 2 bad input, 7 it is busy.
    """
    with needs("serve"):
        from windtunnel import caring
    day = None if as_of is None else as_of.date()
    caring.return_rates(database, as_of=day, carrier=carrier, form="json" if json else "words")


@ops.command("issue-file")
def issue_file(database: Database, carrier: CarrierName = "coastal_mutual") -> None:
    """Write what the bank is sent of every cheque, so that it asks before it pays another (positive pay), as CSV."""
    with needs("serve"):
        from windtunnel import caring
    caring.issue_file(database, carrier=carrier)


@ops.command("enable-endpoint")
def enable_endpoint(
    database: Database,
    endpoint: Annotated[str, typer.Argument(metavar="ENDPOINT", help="Its id in the settings.")],
    carrier: CarrierName = "coastal_mutual",
) -> None:
    """Send webhooks again to an endpoint that had answered 410, that it is gone."""
    with needs("serve"):
        from windtunnel import caring
    caring.enable_endpoint(database, endpoint, carrier=carrier)
