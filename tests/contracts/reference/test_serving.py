"""Starting and ending the reference deployment, as a module and through the front door."""

import re
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from contracts.reference import serving
from windtunnel import app

PATIENCE_SECONDS = 30
MODULE = ("-m", "contracts.reference")
FRONT_DOOR = ("-c", "import sys; from windtunnel.app import main; sys.exit(main())", "serve")


def test_one_line_says_where_it_is(server):
    address = re.escape(server.base_url)

    assert re.fullmatch(
        rf"reference deployment on {address} .*{address}/openapi\.json.*{address}/events\n", server.said
    )


def test_it_listens_on_loopback_unless_told_otherwise(server):
    assert server.base_url.startswith("http://127.0.0.1:")


@pytest.mark.parametrize("command", [MODULE, FRONT_DOOR])
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_when_it_is_told_to(command, how):
    process = subprocess.Popen(
        [sys.executable, *command, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("reference deployment on http://127.0.0.1:")
        process.send_signal(how)
        _, complaint = process.communicate(timeout=PATIENCE_SECONDS)
    finally:
        process.kill()

    assert process.returncode in {0, 130, -signal.SIGTERM}
    assert "Traceback" not in complaint
    assert len(complaint.splitlines()) <= 1


@pytest.mark.parametrize(
    "main", [serving.main, lambda words: app.main(["serve", *words])], ids=["module", "front door"]
)
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--host", "192.0.2.1"), "cannot listen on 192.0.2.1"),
        (("--host", "192.0.2.1", "--hooks"), "anyone could plant defects"),
        (("--database", "/nowhere/core.db"), "database /nowhere/core.db: unable to open database file"),
        (("--carrier", "nobody"), "carrier 'nobody'"),
        (("--settings", "/nowhere/settings.toml"), "settings /nowhere/settings.toml: No such file"),
    ],
)
def test_what_cannot_be_served_is_one_line_and_exit_code_2(main, arguments, said, capsys, monkeypatch):
    monkeypatch.delenv("WINDTUNNEL_TOKEN", raising=False)

    code = main(["--port", "0", *arguments])

    heard = capsys.readouterr()
    assert code == 2
    assert heard.out == ""
    assert said in heard.err
    assert len(heard.err.splitlines()) == 1


@pytest.mark.parametrize("port", ["-1", "65536", "many"])
def test_a_port_that_is_none_is_refused_at_the_front_door(port, capsys):
    assert app.main(["serve", "--port", port]) == 2
    assert "--port" in capsys.readouterr().err


def test_a_port_in_use_is_said(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert serving.main(["--port", str(taken.getsockname()[1])]) == 2

    assert "in use" in capsys.readouterr().err


def test_an_unknown_defect_is_said(capsys):
    assert serving.main(["--defect", "rust"]) == 2
    assert capsys.readouterr().err.startswith("no defect 'rust'; there are: none, missing_field")


def steps(account):
    return {invoice["status"] for invoice in account["invoices"]}


def test_whoever_holds_the_hooks_holds_the_clock_and_else_days_pass_by_themselves(start, ask, database):
    """The term began in the past of whoever runs this, so that its first bill is due today."""
    began = (datetime.now(UTC) - timedelta(days=20)).date()
    held = start("--database", database, "--hooks")
    account_id = ask(held.client).in_force(start=began.isoformat())["account_id"]
    before = ask(held.client).account(account_id)
    held.end()

    assert steps(before) == {"planned"}
    ticking = ask(start("--database", database).client)
    for _ in range(200):
        if steps(ticking.account(account_id)) != {"planned"}:
            break
    assert steps(ticking.account(account_id)) - {"planned"}


def test_the_hook_lets_time_pass_at_once(start, ask, database):
    began = (datetime.now(UTC) - timedelta(days=20)).date()
    held = start("--database", database, "--hooks")
    account_id = ask(held.client).in_force(start=began.isoformat())["account_id"]

    assert held.client.post("/_hooks/time").json()["told"] > 0
    assert steps(ask(held.client).account(account_id)) - {"planned"}
