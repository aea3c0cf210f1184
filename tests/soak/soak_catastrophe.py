"""A catastrophe over five times the book of the benchmark: time and memory should grow with the book and not faster."""

from bench_catastrophe import POLICIES, Played, play
from rounds import Benchmark, Round

TIMES = 5


def large(current: Round) -> Played:
    return play(current.number + 1, POLICIES * TIMES)


def slower(current: Round) -> float:
    """Seconds a policy in the large book, over those in the small one."""
    return large(current).seconds / TIMES / play(current.number + 1).seconds


BENCHMARKS = (
    Benchmark(
        name="catastrophe_growth",
        unit=f"seconds a policy, {POLICIES * TIMES:,} over {POLICIES:,} policies",
        sense="<=",
        bound=1.3,
        measure=slower,
    ),
    Benchmark(
        name="catastrophe_large_memory",
        unit=f"MB for {POLICIES * TIMES:,} policies",
        sense="<=",
        bound=3_500.0,
        measure=lambda current: large(current).megabytes,
    ),
)
