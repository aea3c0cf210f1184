"""The front door as its users meet it: words in, an exit code and two streams out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import msgspec
import pytest

from windtunnel.app import main

TOY = str(Path(__file__).parent.parent / "simulations" / "toy.py")


class Said(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one object on standard output."""
        assert self.out.count("\n") == 1
        return msgspec.json.decode(self.out)

    @property
    def line(self) -> str:
        """The one line on standard error."""
        assert self.err.count("\n") == 1, self.err
        assert "Traceback" not in self.err
        return self.err.removesuffix("\n")


class FrontDoor(Protocol):
    def __call__(self, *words: str | Path) -> Said: ...


@pytest.fixture
def front_door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> FrontDoor:
    """`windtunnel`, called in an empty folder."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    def call(*words: str | Path) -> Said:
        code = main([str(word) for word in words])
        heard = capsys.readouterr()
        return Said(code, heard.out, heard.err)

    return call


@pytest.fixture
def toy(front_door: FrontDoor) -> FrontDoor:
    """`windtunnel run` or another command with the toy storm, on one processor, without progress, and with little to
    draw, because the charts of a page take longer than the rest."""

    def call(command: str | Path, *words: str | Path) -> Said:
        return front_door(command, TOY, "--workers", "1", "--quiet", "-s", "detail=low", *words)

    return call


@pytest.fixture
def trouble(tmp_path: Path) -> Callable[[str], Path]:
    """A file that tells the toy storm what goes wrong."""

    def write(text: str) -> Path:
        (tmp_path / "trouble").write_text(text)
        return tmp_path / "trouble"

    return write
