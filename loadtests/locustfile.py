"""What Locust is started with; the order says the rest (loadtests/generator.py writes it)."""

import os
from pathlib import Path

from loadtests.open_loop import OpenLoopUser
from loadtests.order import ORDER_VARIABLE, read_order

ORDER = read_order(Path(os.environ[ORDER_VARIABLE]))


class Arriving(OpenLoopUser):
    order = ORDER
    host = ORDER.base_url
    # With the default of ten connections the eleventh request would wait for one in silence.
    concurrency = ORDER.profile.max_in_flight + 1
    network_timeout = ORDER.deployment.http.timeout_seconds
    connection_timeout = ORDER.deployment.http.timeout_seconds
    max_redirects = 0
