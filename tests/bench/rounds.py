"""Benchmarks in interleaved rounds, judged by their medians.

A machine that others share is fast in one minute and slow in the next. So no benchmark runs to its end before the
next begins: every one is measured once a round, against references measured in the same round, and what is judged is
the median over the rounds. A bench file says what it measures:

    def speedup(round: Round) -> float:
        return round.seconds("idiomatic SimPy", idiomatic) / round.seconds("our engine", ours)

    BENCHMARKS = (Benchmark(name="engine_speedup", unit="x", sense=">=", bound=4.0, measure=speedup),)
"""

import argparse
import gc
import importlib.util
import math
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec
from rich.console import Console
from rich.table import Table


class BadBenchmark(Exception):
    """A bench file that cannot be found, loaded or judged; the message says which and why."""


class Round:
    """One pass over all benchmarks. What several of them need is measured once in it, by name."""

    def __init__(self, number: int, *, clock: Callable[[], float] = time.perf_counter) -> None:
        self.number = number
        """Counts from 0. It may serve as a seed, so that rounds differ and repeated runs do not."""
        self._clock = clock
        self._measured: dict[str, float] = {}

    def once(self, name: str, measure: Callable[[], float]) -> float:
        """What `measure` returned when this round first asked for `name`: bytes, counts, a rate, anything."""
        if name not in self._measured:
            self._measured[name] = measure()
        return self._measured[name]

    def seconds(self, name: str, work: Callable[[], object]) -> float:
        """Wall seconds of one call of `work`, measured when this round first asks for `name`."""
        return self.once(name, lambda: self._timed(work))

    def _timed(self, work: Callable[[], object]) -> float:
        # Garbage of the benchmark before must not be swept up, and paid for, by this one.
        gc.collect()
        begun = self._clock()
        work()
        return self._clock() - begun


class Benchmark(msgspec.Struct, frozen=True, kw_only=True):
    """A named value with its bound. `measure` gives the value of one round, by preference a ratio within it."""

    name: str
    unit: str
    sense: Literal[">=", "<="]
    bound: float
    measure: Callable[[Round], float]


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """A row of bench.json. `value` is the median of the rounds, `low` and `high` are their least and greatest."""

    name: str
    value: float
    low: float
    high: float
    unit: str
    sense: Literal[">=", "<="]
    bound: float
    holds: bool
    rounds: int


def judged(benchmark: Benchmark, values: Sequence[float]) -> Result:
    """The values of all rounds as one result, which holds if their median keeps the bound."""
    value = statistics.median(values)
    return Result(
        name=benchmark.name,
        value=value,
        low=min(values),
        high=max(values),
        unit=benchmark.unit,
        sense=benchmark.sense,
        bound=benchmark.bound,
        holds=value >= benchmark.bound if benchmark.sense == ">=" else value <= benchmark.bound,
        rounds=len(values),
    )


def run(
    benchmarks: Sequence[Benchmark],
    *,
    rounds: int,
    clock: Callable[[], float] = time.perf_counter,
    tell: Callable[[str], object] = lambda line: None,
) -> tuple[Result, ...]:
    """Measures every benchmark once a round. `tell` hears what is being measured.

    Every second round goes backwards, so that a machine that slows down steadily favours no one.
    """
    values: dict[str, list[float]] = {benchmark.name: [] for benchmark in benchmarks}
    for number in range(rounds):
        current = Round(number, clock=clock)
        for benchmark in benchmarks if number % 2 == 0 else reversed(benchmarks):
            tell(f"round {number + 1} of {rounds}: {benchmark.name}")
            value = float(benchmark.measure(current))
            if not math.isfinite(value):
                raise BadBenchmark(f"{benchmark.name} measured {value} in round {number + 1}: not a number to judge")
            values[benchmark.name].append(value)
    return tuple(judged(benchmark, values[benchmark.name]) for benchmark in benchmarks)


def bench_files(folder: Path, prefix: str) -> dict[str, Path]:
    """The bench files of a folder by what follows the prefix: bench_engine.py is `engine`."""
    return {path.stem.removeprefix(prefix): path for path in sorted(folder.glob(f"{prefix}*.py"))}


def benchmarks_of(path: Path) -> tuple[Benchmark, ...]:
    """What a bench file offers as BENCHMARKS. The file becomes a module of its plain name, so that pickles find it."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise BadBenchmark(f"{path.name} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    offered = getattr(module, "BENCHMARKS", ())
    if not offered:
        raise BadBenchmark(f"{path.name} offers no BENCHMARKS: name them there, or remove the file")
    return tuple(offered)


def chosen_benchmarks(files: Mapping[str, Path], names: Sequence[str]) -> tuple[Benchmark, ...]:
    """The benchmarks of the files named, or of all files; their names must differ, because bench.json goes by them."""
    unknown = [name for name in names if name not in files]
    if unknown:
        raise BadBenchmark(f"no bench file for {', '.join(unknown)}: there are {', '.join(files) or 'none'}")
    chosen = tuple(benchmark for name in (names or files) for benchmark in benchmarks_of(files[name]))
    seen: set[str] = set()
    for benchmark in chosen:
        if benchmark.name in seen:
            raise BadBenchmark(f"two benchmarks are called {benchmark.name}: rename one")
        seen.add(benchmark.name)
    return chosen


def table(results: Sequence[Result]) -> Table:
    """Results for people, one line each."""
    drawn = Table(title=f"median of {results[0].rounds} rounds", title_justify="left")
    drawn.add_column("benchmark", overflow="fold")
    for heading in ("value", "low", "high", "bound"):
        drawn.add_column(heading, justify="right")
    drawn.add_column("holds")
    for result in results:
        drawn.add_row(
            f"{result.name} ({result.unit})",
            *(f"{number:.4g}" for number in (result.value, result.low, result.high)),
            f"{result.sense} {result.bound:.4g}",
            "[green]yes[/]" if result.holds else "[bold red]NO[/]",
        )
    return drawn


def main(arguments: Sequence[str], *, folder: Path, prefix: str, rounds: int, target: Path) -> int:
    """Measures the bench files of `folder`, writes `target`, and returns the exit code.

    0 if every bound holds, 1 if one does not, 2 for a bad name or bench file, 4 if there was nothing to measure.
    """
    parser = argparse.ArgumentParser(prog=folder.name, description="Measures, judges, and writes " + target.name)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"a file {prefix}NAME.py; all of them if none is named"
    )
    parser.add_argument("--rounds", type=int, default=rounds, help=f"at least {rounds}")
    parser.add_argument("--look", action="store_true", help="one round for a quick look: judges and writes nothing")
    options = parser.parse_args(arguments)
    if options.rounds < rounds:
        parser.error(f"--rounds {options.rounds} is too few to judge by: at least {rounds}, or --look")

    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    files = bench_files(folder, prefix)
    if not files:
        errors.print(f"nothing was measured: no file {prefix}*.py in {folder.name}")
        return 4
    begun = time.perf_counter()
    try:
        chosen = chosen_benchmarks(files, options.names)
        results = run(chosen, rounds=1 if options.look else options.rounds, tell=errors.print)
    except BadBenchmark as bad:
        errors.print(str(bad), markup=False)
        return 2
    Console().print(table(results))
    errors.print(f"{time.perf_counter() - begun:.0f} s in all")
    if options.look:
        return 0
    target.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=2) + b"\n")
    return 0 if all(result.holds for result in results) else 1
