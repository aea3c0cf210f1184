"""The page of a run folder: of one run, or of a comparison."""

from pathlib import Path

from simulations.run_folder import read_record
from windtunnel.pages.comparison_page import page_of_comparison
from windtunnel.pages.frame import render
from windtunnel.pages.run_page import page_of_run


def write_report(folder: Path) -> None:
    """Draws report.html from what is in the folder. Raises RunFolderError."""
    record = read_record(folder)
    page = page_of_comparison(record) if record.manifest.vary else page_of_run(record)
    drawn = folder / "report.html.new"
    drawn.write_text(render(page), encoding="utf-8")
    drawn.replace(folder / "report.html")
