"""A catastrophe over 50,000 policies, played by a process of its own in every round, as a person would start it: its
wall seconds from the start of Python to the last answer, and the most memory that it ever held.

Every round is another seed. The seconds are told once as they are and once for a policy in idiomatic SimPy customers of
the same round, which a slow minute of the machine does not change.
"""

import json
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

from bench_engine import idiomatic_customer
from msgspec import Struct, convert
from rounds import Benchmark, Round

POLICIES = 50_000
ROOT = Path(__file__).resolve().parents[2]
AT_MOST_SECONDS = 300.0

PLAY = """
import json, resource, sys
from simulations.catastrophe import run
from simulations.catastrophe_scenario import CatastropheScenario

scenario = CatastropheScenario(policies=int(sys.argv[1]))
played = run(scenario, int(sys.argv[2]), 0, lambda done: None)
held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps({"held": held, "reported": played.answers["reported"].value}))
"""


class Answered(Struct, frozen=True, gc=False):
    """`held` is the peak of the process in bytes, `reported` the claims of its storm."""

    held: int
    reported: float


class Played(Struct, frozen=True, gc=False):
    seconds: float
    megabytes: float


@cache
def play(seed: int, policies: int = POLICIES) -> Played:
    """What one process took for one storm; asked again, the same process answers. Raises RuntimeError when its storm
    brought no claims.
    """
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", PLAY, str(policies), str(seed)],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=AT_MOST_SECONDS,
    )  # fmt: skip
    seconds = time.perf_counter() - begun
    answered = convert(json.loads(done.stdout), Answered)
    if answered.reported < policies * 0.1:
        raise RuntimeError(f"seed {seed}: {answered.reported:.0f} claims of {policies} policies is no catastrophe")
    return Played(seconds, answered.held / 1e6)


def in_round(current: Round) -> Played:
    """Every round is another seed, and one process for all that is asked of it."""
    return play(current.number + 1)


def customers_per_policy(current: Round) -> float:
    return in_round(current).seconds / POLICIES / idiomatic_customer(current)


BENCHMARKS = (
    Benchmark(
        name="catastrophe_seconds",
        unit="s for 50,000 policies",
        sense="<=",
        bound=30.0,
        measure=lambda current: in_round(current).seconds,
    ),
    Benchmark(
        name="catastrophe_memory",
        unit="MB for 50,000 policies",
        sense="<=",
        bound=1_200.0,
        measure=lambda current: in_round(current).megabytes,
    ),
    Benchmark(
        name="catastrophe_speed",
        unit="idiomatic SimPy customers a policy",
        sense="<=",
        bound=85.0,
        measure=customers_per_policy,
    ),
)
