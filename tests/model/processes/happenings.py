"""What can happen around a process, as the search through every order asks for it."""

from collections.abc import Callable

from fixtures.jurisdictions import florida
from model.core import Core
from model.due import PROCESSES
from model.waiting import pass_time


def told(steps) -> Core:
    core = Core(*florida())
    for step in steps:
        command = step(1)
        core.submit(command)
        core.drain(at=command.at)
    return core


def tell(envelope) -> Callable[[Core], object]:
    return lambda core: core.outbox.append(envelope)


def passes(instant) -> Callable[[Core], object]:
    return lambda core: pass_time(core, instant, PROCESSES)


def ask(*commands) -> Callable[[Core], object]:
    return lambda core: [core.submit(command) for command in commands]
