"""`python tests/bench [NAME ...]`: the speed bounds, from bench_*.py beside this file into bench.json.

Run in this way, Python finds the harness and the bench files by their plain names.
"""

import sys
from pathlib import Path

from rounds import main

HERE = Path(__file__).resolve().parent

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], folder=HERE, prefix="bench_", rounds=5, target=HERE.parents[1] / "bench.json"))
