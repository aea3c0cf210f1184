"""A wind tunnel for insurance cores: a command, and in notebooks `import windtunnel as wt`.

    wt.catastrophe, wt.run, wt.compare, wt.answers, wt.dailies, wt.charts

Each is imported when it is first asked for, so that the command starts at once whatever it is to do.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulations import charts
    from windtunnel.api import answers, catastrophe, compare, dailies, run

__all__ = ["answers", "catastrophe", "charts", "compare", "dailies", "run"]


def __getattr__(name: str) -> object:
    if name == "charts":
        return import_module("simulations.charts")
    if name in __all__:
        return getattr(import_module("windtunnel.api"), name)
    raise AttributeError(f"module 'windtunnel' has no attribute {name!r}")
