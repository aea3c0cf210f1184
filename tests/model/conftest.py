"""What the tests of the model share: a core that keeps its books, and one case for each cell of a machine's table.

A module with a table has COMMANDS and STATES by name and a TABLE: the names of the states after `#`, then one line for
each command with what it answers in each state: events joined by `+`, the code of a refusal, or `-` for nothing new.
Its `test_every_cell_of_the_table` takes the command, the state and the wanted answer of one cell.
"""

from typing import Any

import pytest

from fixtures.jurisdictions import florida
from model.books import Books
from model.carrier import Carrier
from model.core import Core
from model.decider import Refusal
from model.jurisdiction import Law


def answer(decision) -> str:
    """A decision as it is written in a table."""
    if isinstance(decision, Refusal):
        return decision.code
    return "+".join(type(event).__name__ for event in decision) or "-"


def cells(table: str, commands, states):
    """(command, state, wanted) of every cell. A row or column that is missing, or too many, is an error."""
    header, *rows = [line.split() for line in table.strip().splitlines()]
    assert header == ["#", *states], f"the columns are {header}, the states {list(states)}"
    assert [row[0] for row in rows] == list(commands), "the rows are not the commands"
    for name, *wanted in rows:
        for state, text in zip(states, wanted, strict=True):
            yield pytest.param(commands[name], states[state], text, id=f"{name}-{state}")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.name == "test_every_cell_of_the_table":
        module: Any = metafunc.module
        every = list(cells(module.TABLE, module.COMMANDS, module.STATES))
        metafunc.parametrize(("command", "state", "wanted"), every)


@pytest.fixture
def answered():
    return answer


@pytest.fixture(scope="session")
def law() -> Law:
    return florida()[0]


@pytest.fixture(scope="session")
def carrier() -> Carrier:
    return florida()[1]


@pytest.fixture
def core(law: Law, carrier: Carrier) -> Core:
    return Core(law, carrier)


@pytest.fixture
def books(core: Core) -> Books:
    """The general ledger of `core` from its first event on."""
    books = Books(core.carrier)
    core.observers.append(books)
    return books
