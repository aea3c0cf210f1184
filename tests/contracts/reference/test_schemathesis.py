"""A thousand requests and more that Schemathesis makes up from the served document, valid ones and others: none is
answered with a status, a type or a body that the document does not promise, and none breaks anything.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CASES = 1000
PATIENCE_SECONDS = 240

# A request that is as the schema says can still be one that the business refuses.
CONFIGURATION = """
[checks]
positive_data_acceptance.expected-statuses = ["2xx", 401, 403, 404, 409, 422]
"""


@pytest.fixture
def configuration(tmp_path):
    path = tmp_path / "schemathesis.toml"
    path.write_text(CONFIGURATION)
    return path


def test_a_thousand_made_up_requests_get_what_the_document_promises(start, configuration, tmp_path):
    server = start()
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(configuration), "run"]
    options = ["--max-examples", "5", "--checks", "all", "--generation-deterministic", "--no-color"]

    finished = subprocess.run(
        [*command, f"{server.base_url}/openapi.json", *options],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
        cwd=tmp_path,
        env=os.environ | {"SCHEMATHESIS_HOOKS": str(HERE / "schemathesis_hooks.py")},
    )

    counted = re.search(r"(\d+) generated, (\d+) passed", finished.stdout)
    assert finished.returncode == 0, finished.stdout
    assert counted is not None, finished.stdout
    assert int(counted[1]) == int(counted[2]) >= CASES
    assert server.client.get("/ready").status_code == 200
    # Not a line about a fault of ours.
    assert server.end() != 0
    assert "failed" not in server.said
