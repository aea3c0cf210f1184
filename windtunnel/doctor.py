"""`doctor`: what is installed, and what is missing."""

import platform
import shutil
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from windtunnel.extras import installed, packages_by_extra


def doctor(
    json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Say what is installed and what is missing."""
    extras = packages_by_extra()
    if json:
        report = {
            "windtunnel": installed("windtunnel"),
            "python": platform.python_version(),
            "system": f"{platform.system()} {platform.machine()}",
            "extras": {
                name: {"complete": None not in packages.values(), "packages": packages}
                for name, packages in extras.items()
            },
        }
        print(msgspec.json.encode(report).decode())
        return
    console = Console(width=min(shutil.get_terminal_size().columns, 110), highlight=False)
    console.print(
        f"windtunnel {installed('windtunnel')}, Python {platform.python_version()}, "
        f"{platform.system()} {platform.machine()}"
    )
    table = Table("Extra", "State", "Packages", box=None, padding=(0, 2, 0, 0), header_style="bold")
    for name, packages in extras.items():
        missing = [package for package, found in packages.items() if found is None]
        state = "complete" if not missing else f"missing: {', '.join(missing)}"
        there = ", ".join(f"{package} {found}" for package, found in packages.items() if found is not None)
        table.add_row(name, state, there)
    console.print(table)
    for name, packages in extras.items():
        if None in packages.values():
            console.print(f'To add {name}: pip install "windtunnel\\[{name}]"')
