"""How long it takes to verify pact interactions against the running reference deployment.

The server runs in a process of its own for as long as the benchmark does, so that no round pays for its start.
"""

import atexit
from contextlib import ExitStack
from functools import cache

from rounds import Benchmark, Round

from contracts.deployment import Deployment, load_deployment
from contracts.pact_files import PACTS
from contracts.pact_reading import read_pacts
from contracts.running import running
from contracts.verification import verify

INTERACTIONS = 20


@cache
def served() -> tuple[Deployment, str]:
    deployment = load_deployment("reference")
    stack = ExitStack()
    atexit.register(stack.close)
    return deployment, stack.enter_context(running(deployment))


def twenty_interactions(current: Round) -> float:
    """Seconds for twenty interactions, states made through the public API included, messages among them."""
    deployment, base_url = served()
    every = read_pacts([PACTS])
    # Every second one, so that calls and messages take part as the pacts mix them.
    chosen = every[::2][:INTERACTIONS]

    def work() -> None:
        verification = verify(deployment, base_url, chosen)
        if verification.result != "verified" or len(verification.outcomes) != INTERACTIONS:
            raise AssertionError(f"{verification.result}: a verification that fails is not measured")

    return current.seconds("20 pact interactions", work)


BENCHMARKS = (
    Benchmark(
        name="pact_verification", unit="s for 20 interactions", sense="<=", bound=3.0, measure=twenty_interactions
    ),
)
