"""`scenarios`: what there is, and what can be set."""

from typing import Literal

import msgspec
from rich.table import Table

from simulations.catalogue import KINDS, find_kind
from simulations.parameters import BadScenario, parameters
from windtunnel.console import answers
from windtunnel.errors import BadInput

BASES = {"assumed": "assumed", "calibrated": "published data", "chosen": ""}


def scenarios(name: str | None, *, form: Literal["table", "json"]) -> None:
    """Prints the kinds, or the parameters of one."""
    try:
        kinds = list(KINDS.values()) if name is None else [find_kind(name)]
    except BadScenario as error:
        raise BadInput(str(error)) from error
    if form == "json":
        listed = [{"name": kind.name, "says": kind.says, "parameters": parameters(kind)} for kind in kinds]
        print(msgspec.json.encode(listed if name is None else listed[0]).decode())
        return
    console = answers()
    if name is None:
        table = Table("Scenario", "What happens", box=None, padding=(0, 2, 0, 0), header_style="bold")
        for kind in kinds:
            table.add_row(kind.name, kind.says)
        console.print(table)
        console.print("\n`windtunnel scenarios NAME` shows the parameters of one.", markup=False)
        return
    kind = kinds[0]
    console.print(kind.says, markup=False)
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for column, wide in (
        ("Parameter", True),
        ("Default", True),
        ("Unit", False),
        ("Meaning and what is allowed", False),
    ):
        table.add_column(column, no_wrap=wide, overflow="fold")
    for parameter in parameters(kind):
        basis = BASES[parameter.basis]
        says = "; ".join(part for part in (parameter.meaning, parameter.allowed, basis) if part)
        table.add_row(parameter.name, parameter.default, parameter.unit, says)
    console.print(table)
    console.print(f"\n`windtunnel run {kind.name} -s KEY=VALUE` sets them.", markup=False)
