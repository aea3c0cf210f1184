"""Tasks: what a filed claim sets others to do, none of which holds up the notice.

    Waiting --CompleteTask--> Done

Which tasks a new claim starts with is the carrier's choice. Others come along the way: an unmatched notice asks for
its policy, a change behind the back of a loss for an investigator. A task is there once, however often it is asked for.
"""

from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from model.choices.claims import TaskName


class Task(Struct, frozen=True, gc=False):
    """`done_on` is None while it waits. `result` is what came of it, in the words of whoever did it."""

    name: TaskName
    created_on: date
    done_on: date | None = None
    result: str = ""


def started(tasks: tuple[Task, ...], names: tuple[TaskName, ...], on: date) -> tuple[Task, ...]:
    """The tasks with those added that are not there."""
    known = {task.name for task in tasks}
    return (*tasks, *(Task(name, on) for name in names if name not in known))


def done(tasks: tuple[Task, ...], name: TaskName, on: date, result: str) -> tuple[Task, ...]:
    return tuple(replace(task, done_on=on, result=result) if task.name == name else task for task in tasks)


def task_of(tasks: tuple[Task, ...], name: TaskName) -> Task | None:
    for task in tasks:
        if task.name == name:
            return task
    return None
