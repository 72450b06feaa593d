"""The notebooks run from top to bottom."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from models.corpora import campaign_names

ROOT = Path(__file__).resolve().parent.parent
PRINTED = {"01_first_batch": ("essays,", "depth -"), "02_train_depth_model": ("accuracy 0.", "QWK 0."),
           "03_how_good_is_it": (f"{len(campaign_names())} campaigns", "macro F1: 0.", "Spearman: 0.")}
"""What only a notebook that ran to its end has said."""


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda p: p.stem)
def test_notebook_runs(path):
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=240, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}}).execute()
    printed = "".join(o.get("text", "") for c in notebook.cells if c.cell_type == "code" for o in c.outputs)
    assert all(words in printed for words in PRINTED[path.stem])
