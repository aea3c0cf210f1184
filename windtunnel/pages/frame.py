"""The one report frame: a page as a value, and the single HTML file it becomes.

    render(Page(title="Catastrophe", lead=..., facts=(...), sections=(Section("What happened", (Prose(...),)),)))

Nothing is loaded from elsewhere: styles are in the file and charts are drawings in it. It follows the reader's screen,
dark or light, wide or narrow, and prints.
"""

import re
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from msgspec import Struct

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HERE = Path(__file__).parent


class Fact(Struct, frozen=True):
    """One figure at the head of a page. `note` is small: the range of outcomes, or what it is measured against."""

    name: str
    value: str
    note: str = ""


class Prose(Struct, frozen=True, tag="prose"):
    """Paragraphs."""

    paragraphs: tuple[str, ...]


class Command(Struct, frozen=True, tag="command"):
    """A line for a shell, to copy, and why."""

    says: str
    line: str


class Table(Struct, frozen=True, tag="table"):
    """`numeric` are the columns, from 0, that are set flush right."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()


class Chart(Struct, frozen=True):
    """`alt` says what is to be seen, to those who do not see it."""

    figure: "Figure"
    alt: str


class Charts(Struct, frozen=True, tag="charts"):
    """Side by side where the screen is wide enough."""

    charts: tuple[Chart, ...]


Block: TypeAlias = Prose | Command | Table | Charts


class Section(Struct, frozen=True):
    title: str
    blocks: tuple[Block, ...]


class Page(Struct, frozen=True):
    """`context` stands above the title, and `lead` below it. `foot` says what the page was made from."""

    title: str
    context: str
    lead: str
    facts: tuple[Fact, ...]
    sections: tuple[Section, ...]
    foot: tuple[str, ...]


def render(page: Page) -> str:
    """The page as HTML."""
    pages = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    pages.filters["kind"] = _kind
    pages.filters["drawing"] = _Drawings().drawing
    return pages.get_template("frame.html").render(page=page, style=Markup((HERE / "frame.css").read_text("utf-8")))


def _kind(block: Block) -> str:
    return str(block.__struct_config__.tag)


class _Drawings:
    """Figures as inline SVG. Several on one page would share ids, so each gets its own prefix."""

    def __init__(self) -> None:
        self._count = 0

    def drawing(self, chart: Chart) -> Markup:
        # A page without charts needs no library that draws.
        import matplotlib as mpl

        from simulations.chart_marks import INK, LINE, PAPER

        self._count += 1
        prefix = f"chart{self._count}-"
        with mpl.rc_context({"svg.fonttype": "path", "svg.hashsalt": "windtunnel"}):
            buffer = StringIO()
            chart.figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
        head, _, drawn = buffer.getvalue().partition("<svg")[2].partition(">")
        drawn = re.sub(r"<metadata>.*?</metadata>", "", drawn, flags=re.DOTALL)
        drawn = drawn.replace("xlink:href", "href").replace('id="', f'id="{prefix}')
        drawn = drawn.replace("url(#", f"url(#{prefix}").replace('href="#', f'href="#{prefix}')
        for colour, theirs in ((INK, "currentColor"), (LINE, "var(--line)"), (PAPER, "var(--paper)")):
            drawn = drawn.replace(colour, theirs)
        view = re.search(r'viewBox="[^"]*"', head)
        opening = Markup('<svg role="img" aria-label="{}" {}>').format(chart.alt, Markup(view.group() if view else ""))
        return opening + Markup(drawn)
