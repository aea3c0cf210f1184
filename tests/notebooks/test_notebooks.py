"""Notebooks are short, define nothing, come without outputs, and run from top to bottom as they stand."""

import ast
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
SECONDS = 120
LOOK = """
from matplotlib.figure import Figure
[
    (ax.get_title(loc="left"), [text.get_text() for text in ax.texts], ax.get_xlabel(), len(ax.lines))
    for name, figure in list(globals().items()) if isinstance(figure, Figure) and not name.startswith("_")
    for ax in figure.axes
]
"""
"""Asked of the kernel after the notebook: title, the words beside the lines, the horizontal axis, and the lines."""


def read(path: Path):
    return nbformat.read(path, as_version=4)


def code(notebook) -> list[str]:
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def python(source: str) -> str:
    """Without the lines that only a notebook understands."""
    return "\n".join(line for line in source.splitlines() if not line.startswith("%"))


def test_there_is_a_notebook():
    assert [path.name for path in NOTEBOOKS] == ["catastrophe.ipynb"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_asks_one_question_and_defines_nothing(path):
    notebook = read(path)
    assert notebook.cells[0].source.splitlines()[0].startswith("# ")
    assert notebook.cells[0].source.splitlines()[0].endswith("?")
    assert len(code(notebook)) <= 10
    nodes = [node for source in code(notebook) for node in ast.walk(ast.parse(python(source)))]
    assert not [node for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda)]
    imports = [ast.unparse(node) for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    assert imports == ["import windtunnel as wt"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs(path):
    cells = [cell for cell in read(path).cells if cell.cell_type == "code"]
    assert [cell.outputs for cell in cells] == [[]] * len(cells)
    assert {cell.execution_count for cell in cells} == {None}


def test_the_catastrophe_runs_and_its_three_plots_say_what_they_show(tmp_path):
    (path,) = NOTEBOOKS
    notebook = read(path)
    notebook.cells.append(nbformat.v4.new_code_cell(LOOK))
    client = NotebookClient(notebook, timeout=SECONDS, resources={"metadata": {"path": str(tmp_path)}})
    client.execute()
    outputs = [output for cell in notebook.cells[:-1] for output in cell.get("outputs", ())]
    assert sum("image/png" in output.get("data", {}) for output in outputs) == 3
    assert not [output for output in outputs if output.output_type == "stream" and output.name == "stderr"]
    shown = ast.literal_eval(notebook.cells[-1].outputs[0].data["text/plain"])
    titles = {
        "Open claims": "claims open at the end of each day",
        "Legal deadlines missed": "deadlines missed by the end of each day",
        "Money on which the systems disagree": "at the end of each day",
    }
    assert [title for title, _, _, _ in shown] == list(titles)
    assert all(titles[title] in words for title, words, _, _ in shown)
    assert {(below, lines) for _, _, below, lines in shown} == {("days since the event began", 2)}
    assert list(tmp_path.iterdir()) == []


def test_importing_windtunnel_brings_in_nothing_heavy():
    look = (
        "import sys, windtunnel; print(sorted({'numpy', 'polars', 'matplotlib', 'simpy', 'rich'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
