"""The harness measures in interleaved rounds, judges by the median, and is able to fail."""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from rounds import BadBenchmark, Benchmark, Round, judged, main, run


def benchmark(name: str, measure: Callable[[Round], float], *, sense: str = "<=", bound: float = 1.0) -> Benchmark:
    return msgspec.convert(
        {"name": name, "unit": "x", "sense": sense, "bound": bound, "measure": measure}, Benchmark, strict=True
    )


def clock_that_reads(*seconds: float) -> Callable[[], float]:
    readings: Iterator[float] = iter(seconds)
    return lambda: next(readings)


def nothing() -> None: ...


def folder_with(tmp_path: Path, **files: str) -> Path:
    for name, body in files.items():
        (tmp_path / f"bench_{name}.py").write_text(f"from rounds import Benchmark\n{body}\n", encoding="utf-8")
    return tmp_path


def bench_file(name: str, value: str, sense: str = ">=") -> str:
    return (
        f"BENCHMARKS = (Benchmark(name='{name}', unit='x', sense='{sense}', bound=4.0, measure=lambda round: {value}),)"
    )


def exit_code_of(folder: Path, *arguments: str) -> int:
    return main(arguments, folder=folder, prefix="bench_", rounds=5, target=folder / "bench.json")


def test_a_reference_is_measured_once_a_round_and_shared():
    calls: list[str] = []
    current = Round(0, clock=clock_that_reads(10.0, 12.0))

    first = current.seconds("reference", lambda: calls.append("first"))
    second = current.seconds("reference", lambda: calls.append("second"))

    assert (first, second, calls) == (2.0, 2.0, ["first"])


def test_every_round_measures_its_reference_anew():
    ratio = benchmark("ratio", lambda round: round.seconds("reference", nothing))

    (result,) = run([ratio], rounds=3, clock=clock_that_reads(0, 5, 10, 11, 20, 23))

    assert (result.value, result.low, result.high, result.rounds) == (3.0, 1.0, 5.0, 3)


def test_rounds_interleave_and_every_second_one_goes_backwards():
    order: list[tuple[int, str]] = []

    def measure_as(name: str) -> Callable[[Round], float]:
        return lambda round: order.append((round.number, name)) or 1.0

    run([benchmark("a", measure_as("a")), benchmark("b", measure_as("b"))], rounds=3)

    assert order == [(0, "a"), (0, "b"), (1, "b"), (1, "a"), (2, "a"), (2, "b")]


def test_results_keep_the_order_of_the_benchmarks():
    results = run([benchmark("a", lambda round: 1.0), benchmark("b", lambda round: 2.0)], rounds=2)

    assert [result.name for result in results] == ["a", "b"]


@pytest.mark.parametrize(
    ("sense", "values", "holds"),
    [
        (">=", [1.0, 4.0, 9.0], True),
        (">=", [3.9, 3.9, 9.0], False),
        ("<=", [1.0, 4.0, 9.0], True),
        ("<=", [1.0, 4.1, 4.1], False),
    ],
)
def test_the_median_is_judged_and_the_bound_itself_still_holds(sense: str, values: list[float], holds: bool):
    result = judged(benchmark("speed", lambda round: 0.0, sense=sense, bound=4.0), values)

    assert result.holds is holds


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_not_a_number_is_never_judged(value: float):
    with pytest.raises(BadBenchmark, match="speed measured"):
        run([benchmark("speed", lambda round: value)], rounds=1)


def test_bounds_that_hold_end_with_0_and_are_written(tmp_path: Path):
    code = exit_code_of(folder_with(tmp_path, engine=bench_file("engine_speedup", "6.0 + round.number")))

    assert code == 0
    assert msgspec.json.decode((tmp_path / "bench.json").read_bytes()) == [
        {
            "name": "engine_speedup",
            "value": 8.0,
            "low": 6.0,
            "high": 10.0,
            "unit": "x",
            "sense": ">=",
            "bound": 4.0,
            "holds": True,
            "rounds": 5,
        }
    ]


def test_one_bound_that_fails_ends_with_1_and_all_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder = folder_with(tmp_path, engine=bench_file("fast", "6.0"), memory=bench_file("too_large", "6.0", "<="))

    code = exit_code_of(folder)

    written = msgspec.json.decode((tmp_path / "bench.json").read_bytes())
    assert code == 1
    assert [(row["name"], row["holds"]) for row in written] == [("fast", True), ("too_large", False)]
    assert "NO" in capsys.readouterr().out


def test_only_the_files_named_are_measured(tmp_path: Path):
    folder = folder_with(tmp_path, engine=bench_file("fast", "6.0"), memory=bench_file("too_large", "6.0", "<="))

    assert exit_code_of(folder, "engine") == 0
    assert [row["name"] for row in msgspec.json.decode((tmp_path / "bench.json").read_bytes())] == ["fast"]


def test_a_look_judges_and_writes_nothing(tmp_path: Path):
    code = exit_code_of(folder_with(tmp_path, engine=bench_file("slow", "1.0")), "--look")

    assert (code, (tmp_path / "bench.json").exists()) == (0, False)


def test_too_few_rounds_are_refused(tmp_path: Path):
    with pytest.raises(SystemExit) as ended:
        exit_code_of(folder_with(tmp_path, engine=bench_file("fast", "6.0")), "--rounds", "4")

    assert ended.value.code == 2


def test_nothing_to_measure_is_not_a_success(tmp_path: Path):
    assert exit_code_of(tmp_path) == 4


@pytest.mark.parametrize(
    ("files", "arguments", "complaint"),
    [
        ({"engine": bench_file("fast", "6.0")}, ("storage",), "no bench file for storage: there are engine"),
        (
            {"engine": bench_file("fast", "6.0"), "host": bench_file("fast", "6.0")},
            (),
            "two benchmarks are called fast",
        ),
        ({"engine": "BENCHMARKS = ()"}, (), "bench_engine.py offers no BENCHMARKS"),
    ],
)
def test_a_bad_name_or_file_ends_with_2_and_says_why(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    files: dict[str, str],
    arguments: tuple[str, ...],
    complaint: str,
):
    code = exit_code_of(folder_with(tmp_path, **files), *arguments)

    assert (code, (tmp_path / "bench.json").exists()) == (2, False)
    assert complaint in capsys.readouterr().err
