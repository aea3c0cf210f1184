"""The run folder, which is either there and complete or not there.

    <out>/          scenario.toml manifest.json answers.parquet daily.parquet cycles.parquet drift.parquet
                    stations.parquet report.html
    <out>.partial/  while it runs: unfinished.json says what is being run, .parts/ holds each finished replication

A folder is built under the second name and takes the first at the end, where it replaces an older run but nothing else.
"""

import shutil
import sys
import tomllib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Literal

import msgspec
import polars as pl
from msgspec import Struct

from simulations.estimates import Outcomes
from simulations.records import Manifest, Record, decode_manifest
from simulations.run import Answer, Frames, Run

FRAMES = ("daily", "cycles", "drift", "stations")
UNFINISHED = "unfinished.json"
PARTS = ".parts"


class RunFolderError(ValueError):
    """A folder that cannot be read, replaced or resumed. The message names it and says what to do."""


class Inputs(Struct, frozen=True):
    """What makes replications belong together: `settings` are scenario files, as text. Their number may grow."""

    reference: str
    settings: tuple[str, ...]
    seed: int
    version: str
    commit: str | None


class _Part(Struct, frozen=True):
    replication: int
    seed: int
    trace_hash: str
    answers: dict[str, Answer]
    law_confidence: dict[str, int]


class Draft:
    """A run folder in the making, which keeps each replication as it ends (a `Shelf`).

        with Draft(out, inputs, begin="resume") as draft:
            experiment = replicate(..., shelf=draft)
            draft.finish(record, write_page)

    `begin="anew"` drops what an interrupted run left. Leaving without `finish` leaves the partial folder to resume, or
    nothing if no replication had ended. Raises RunFolderError.
    """

    def __init__(self, out: Path, inputs: Inputs, *, begin: Literal["anew", "resume"]) -> None:
        self.folder = out.resolve()
        self.partial = self.folder.with_name(self.folder.name + ".partial")
        self._check_place()
        before = self._before() if self.partial.exists() else None
        if before is not None and begin == "resume" and (difference := _difference(before, inputs)):
            raise RunFolderError(f"{self.partial} was interrupted with {difference}: without --resume it starts over")
        (self.partial / PARTS).mkdir(parents=True, exist_ok=True)
        self._lock = _locked(self.partial)
        if begin == "anew":
            for part in (self.partial / PARTS).glob("*-*"):
                shutil.rmtree(part)
        (self.partial / UNFINISHED).write_bytes(msgspec.json.format(msgspec.json.encode(inputs)))

    def __enter__(self) -> "Draft":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lock is not None:
            self._lock.close()
        if self.partial.exists() and not self.finished:
            shutil.rmtree(self.partial)

    @property
    def finished(self) -> int:
        """How many replications are kept so far."""
        return sum(1 for part in (self.partial / PARTS).glob("*-*") if not part.suffix)

    def find(self, setting: int, replication: int) -> Run | None:
        """A replication that had ended when the run was interrupted."""
        folder = self._part(setting, replication)
        if not folder.is_dir():
            return None
        part = msgspec.json.decode((folder / "run.json").read_bytes(), type=_Part)
        return Run(
            part.replication, part.seed, part.trace_hash, part.answers, _read_frames(folder), part.law_confidence
        )

    def put(self, setting: int, run: Run) -> None:
        """Keeps a replication that has ended."""
        folder = self._part(setting, run.replication)
        written = folder.with_suffix(".tmp")
        shutil.rmtree(written, ignore_errors=True)
        written.mkdir()
        _write_frames(written, run.frames)
        part = _Part(run.replication, run.seed, run.trace_hash, run.answers, run.law_confidence)
        (written / "run.json").write_bytes(msgspec.json.encode(part))
        written.rename(folder)

    def finish(self, record: Record, write_page: Callable[[Path], None]) -> None:
        """Writes everything, lets `write_page` add its page, and puts the folder in its place."""
        write_record(self.partial, record)
        write_page(self.partial)
        replaced = self.folder.with_name(self.folder.name + ".replaced")
        shutil.rmtree(replaced, ignore_errors=True)
        if self.folder.exists():
            self.folder.rename(replaced)
        self.partial.rename(self.folder)
        shutil.rmtree(replaced, ignore_errors=True)
        shutil.rmtree(self.folder / PARTS)
        (self.folder / UNFINISHED).unlink()

    def _part(self, setting: int, replication: int) -> Path:
        return self.partial / PARTS / f"{setting}-{replication}"

    def _check_place(self) -> None:
        if (self.folder / UNFINISHED).exists() and not (self.folder / "manifest.json").exists():
            raise RunFolderError(f"{self.folder} is an unfinished run: give its name without .partial, and --resume")
        if not self.folder.exists():
            return
        if not self.folder.is_dir():
            raise RunFolderError(f"{self.folder} is a file: choose another folder with --out")
        if any(self.folder.iterdir()):
            try:
                decode_manifest((self.folder / "manifest.json").read_bytes())
            except (OSError, msgspec.DecodeError):
                raise RunFolderError(
                    f"{self.folder} holds something else than a run: choose another folder with --out"
                ) from None

    def _before(self) -> Inputs:
        """What the run was made from that left this partial folder."""
        try:
            return msgspec.json.decode((self.partial / UNFINISHED).read_bytes(), type=Inputs)
        except (OSError, msgspec.DecodeError):
            raise RunFolderError(f"{self.partial} is not an interrupted run: move it away") from None


def write_record(folder: Path, record: Record) -> None:
    """All files but the page."""
    (folder / "scenario.toml").write_text(record.scenario_toml, encoding="utf-8")
    (folder / "manifest.json").write_bytes(msgspec.json.format(msgspec.json.encode(record.manifest)) + b"\n")
    _write_frames(folder, record.frames)
    _write_parquet(_answers(record), folder / "answers.parquet")


def read_record(folder: Path) -> Record:
    """Raises RunFolderError, naming what is missing or broken."""
    manifest = read_manifest(folder)
    try:
        return Record(
            manifest,
            (folder / "scenario.toml").read_text(encoding="utf-8"),
            _outcomes(pl.read_parquet(folder / "answers.parquet"), manifest),
            _read_frames(folder),
        )
    except (OSError, pl.exceptions.PolarsError) as error:
        raise RunFolderError(f"{folder}: cannot be read: {error}; run it again: {manifest.command}") from None


def read_manifest(folder: Path) -> Manifest:
    """Raises RunFolderError when the folder is not a complete run."""
    try:
        return decode_manifest((folder / "manifest.json").read_bytes())
    except FileNotFoundError:
        partial = folder.with_name(folder.name + ".partial")
        left = f"; {partial.name} was interrupted, and --resume goes on with it" if partial.exists() else ""
        raise RunFolderError(f"{folder} is not a run folder: it has no manifest.json{left}") from None
    except OSError as error:
        raise RunFolderError(f"{folder}: {error.strerror}") from None
    except msgspec.DecodeError as error:
        raise RunFolderError(f"{folder / 'manifest.json'}: not a manifest of ours: {error}") from None


def _answers(record: Record) -> pl.DataFrame:
    rows = [
        (setting, replication, answer, value, outcomes.unit)
        for setting, answers in enumerate(record.outcomes)
        for answer, outcomes in answers.items()
        for replication, value in enumerate(outcomes.values)
    ]
    schema = {
        "setting": pl.Int64,
        "replication": pl.Int64,
        "answer": pl.String,
        "value": pl.Float64,
        "unit": pl.String,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _outcomes(answers: pl.DataFrame, manifest: Manifest) -> tuple[dict[str, Outcomes], ...]:
    found: list[dict[str, Outcomes]] = []
    for setting in range(len(manifest.runs)):
        of_setting = answers.filter(pl.col("setting") == setting)
        names = of_setting["answer"].unique(maintain_order=True).to_list()
        groups = of_setting.partition_by("answer", as_dict=True, maintain_order=True)
        found.append(
            {name: Outcomes(groups[(name,)]["unit"][0], tuple(groups[(name,)]["value"].to_list())) for name in names}
        )
    return tuple(found)


def _write_frames(folder: Path, frames: Frames) -> None:
    for name in FRAMES:
        _write_parquet(getattr(frames, name), folder / f"{name}.parquet")


def _write_parquet(frame: pl.DataFrame, path: Path) -> None:
    """Through memory: polars may go on writing a file after a Ctrl-C, when the folder should be gone."""
    buffer = BytesIO()
    frame.write_parquet(buffer)
    path.write_bytes(buffer.getbuffer())


def _read_frames(folder: Path) -> Frames:
    return Frames(*(pl.read_parquet(folder / f"{name}.parquet") for name in FRAMES))


def _difference(before: Inputs, now: Inputs) -> str:
    """The first thing in which an interrupted run was another one, in words, or nothing."""
    for name in ("reference", "seed", "version", "commit"):
        was, given = getattr(before, name), getattr(now, name)
        if was != given:
            return f"another {name}, {was} where it is {given} now"
    if len(before.settings) != len(now.settings):
        return f"{len(before.settings)} settings where there are {len(now.settings)} now"
    for was, given in zip(before.settings, now.settings, strict=True):
        first: dict[str, Any] = tomllib.loads(was)
        second: dict[str, Any] = tomllib.loads(given)
        for name in sorted(first.keys() | second.keys()):
            if first.get(name) != second.get(name):
                return f"another {name}, {first.get(name)} where it is {second.get(name)} now"
    return ""


def _locked(folder: Path) -> IO[str] | None:
    """Holds the folder for this process, as long as the file is open. RunFolderError if another process has it."""
    if sys.platform == "win32":
        return None
    import fcntl

    file = (folder / PARTS / "lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise RunFolderError(
            f"{folder}: another process is running this now; choose another folder with --out"
        ) from None
    return file
