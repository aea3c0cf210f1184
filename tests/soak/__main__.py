"""`python tests/soak [NAME ...]`: what takes longer, from soak_*.py beside this file, once, into soak.json."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def soak() -> int:
    # The harness lives with the benchmarks; soak files import it by its plain name too.
    sys.path.append(str(HERE.parent / "bench"))
    from rounds import main

    return main(sys.argv[1:], folder=HERE, prefix="soak_", rounds=1, target=HERE.parents[1] / "soak.json")


if __name__ == "__main__":
    sys.exit(soak())
