import os
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from windtunnel.app import main
from windtunnel.pages.frame import Command, Fact, Page, Prose, Section, Table, render

TOY = str(Path(__file__).parents[2] / "simulations" / "toy.py")
CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
VOID = {"meta", "br", "hr", "img", "link", "input"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("report") / "run"
    assert main(["run", TOY, "--replications", "3", "--workers", "1", "--quiet", "--json", "--out", str(out)]) == 0
    return out


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("report") / "compare"
    words = [
        "compare",
        TOY,
        "--vary",
        "adjusters=5,10,20",
        "--replications",
        "3",
        "--workers",
        "1",
        "--quiet",
        "--json",
    ]
    assert main([*words, "--out", str(out)]) == 0
    return out


class Outline(HTMLParser):
    """Tags that are open, the ids, and what a page would load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.loads: list[str] = []
        self.labels: list[str | None] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.loads += [value for name, value in attrs if name in ("src", "href", "srcset", "data") and value]
        if tag == "svg":
            self.labels.append(given.get("aria-label"))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("which", ["folder", "comparison"])
def test_a_page_loads_nothing_from_elsewhere(which: str, request: pytest.FixtureRequest):
    text = (request.getfixturevalue(which) / "report.html").read_text()
    page = Outline(text)
    assert [link for link in page.loads if not link.startswith("#")] == []
    assert "url(" not in re.sub(r"url\(#[\w-]+\)", "", text)
    assert "@import" not in text
    assert "<script" not in text


@pytest.mark.parametrize("which", ["folder", "comparison"])
def test_a_page_is_well_formed_and_its_charts_speak(which: str, request: pytest.FixtureRequest):
    page = Outline((request.getfixturevalue(which) / "report.html").read_text())
    assert page.open == []
    assert sorted(page.ids) == sorted(set(page.ids))
    assert {link.removeprefix("#") for link in page.loads} <= set(page.ids)
    assert len(page.labels) >= 3
    assert all(page.labels)


def test_a_page_answers_in_the_order_in_which_people_ask(folder: Path):
    text = (folder / "report.html").read_text()
    titles = re.findall(r"<h2[^>]*>(.*?)</h2>", text)
    assert titles == ["What happened", "What it cost", "What would help", "Every answer", "What went in"]
    assert "200 (200 to 200) claims were reported." in text
    assert "clocks_missed_share" in text


def test_a_page_says_how_to_make_it_again(folder: Path):
    text = (folder / "report.html").read_text()
    assert f"windtunnel run {TOY} --seed 1 --replications 3" in text
    assert "Trace hash" in text


def test_a_comparison_has_a_section_for_each_setting(comparison: Path):
    text = (comparison / "report.html").read_text()
    assert "With adjusters 10 instead of 5" in text
    assert "With adjusters 20 instead of 5" in text
    assert "The same in every pair: claims reported" in text


def test_what_somebody_wrote_cannot_become_part_of_the_page():
    page = Page(
        title="<script>alert(1)</script>",
        context="a & b",
        lead="<b>",
        facts=(Fact("<i>", "</dd>"),),
        sections=(
            Section(
                "<h2>",
                (Prose(("<p>",)), Command("<pre>", "$(rm)<"), Table("<caption>", ("<th>",), (("<td>",),))),
            ),
        ),
        foot=("</footer>",),
    )
    text = render(page)
    assert Outline(text).open == []
    assert "<script>" not in text
    assert "a &amp; b" in text


def test_a_page_prints_and_follows_dark_screens(folder: Path):
    text = (folder / "report.html").read_text()
    assert "@media print" in text
    assert "prefers-color-scheme: dark" in text
    assert 'name="viewport"' in text
    drawings = "".join(re.findall(r"<svg.*?</svg>", text, flags=re.DOTALL))
    assert "currentColor" in drawings
    assert "#1b2430" not in drawings


@pytest.mark.parametrize("width", [1200, 500])
def test_a_browser_draws_the_page(folder: Path, tmp_path: Path, width: int):
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("chromium is not installed, and without it nobody has looked at the page")
        pytest.skip("chromium is not installed: the page was not drawn")
    image = tmp_path / "page.png"
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", f"--window-size={width},2400"]
    page = (folder / "report.html").as_uri()
    subprocess.run([*command, f"--screenshot={image}", page], timeout=60, check=True, capture_output=True)
    from matplotlib.image import imread

    drawn = imread(image)
    assert drawn.shape[:2] == (2400, width)
    # Text, charts and paper: neither blank nor one colour.
    assert drawn[:, :, :3].std() > 0.05
    assert len({tuple(pixel) for pixel in (drawn[::7, ::7, :3] * 255).astype(int).reshape(-1, 3).tolist()}) > 100
