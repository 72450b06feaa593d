"""What the program is made of: licences that go with its own, and nothing loaded that could run."""

import ast
import re
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "docs"))

from advisories import affecting
from licences import FILE, licence, needed, required

RUNS = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "skops"}
"""Modules that run what they read (skops does not, but wants a list of what to trust)."""


def test_no_licence_asks_for_more_than_ours():
    packages = needed(extras=("encoders", "e5"))
    told = {name: licence(package) for name, package in packages.items()}
    assert len(told) > 30 and not [name for name, text in told.items() if not text]
    forbidden = re.compile(r"\b(A|L)?GPL|General Public", re.IGNORECASE)
    assert not {name: text for name, text in told.items() if forbidden.search(text) and " OR " not in text}


def test_the_list_of_licences_names_what_is_needed():
    listed = FILE.read_text(encoding="utf-8")
    direct = {re.match(r"[\w.-]+", line).group().lower() for line in required()} & set(needed())
    assert len(direct) > 15 and not [name for name in direct if f"| {name} |" not in listed]


@pytest.mark.parametrize("path", sorted((ROOT / "analyzer").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_read_that_could_run(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert not {name.name.split(".")[0] for name in node.names} & RUNS
        elif isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] not in RUNS
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called not in ("eval", "exec", "os.system", "os.popen", "torch.load", "yaml.load"), called
            if called in ("np.load", "numpy.load"):
                assert any(word.arg == "allow_pickle" and word.value.value is False for word in node.keywords), ast.unparse(node)
            assert not any(word.arg == "shell" for word in node.keywords), ast.unparse(node)


def test_models_are_numbers_and_words():
    models = ROOT / "models"
    assert not [path for path in models.rglob("*") if path.suffix in (".pkl", ".pickle", ".joblib", ".pt", ".pth", ".bin", ".skops")]
    stored = [path for path in models.rglob("*") if path.suffix in (".npy", ".npz")]
    assert stored
    for path in stored:
        loaded = np.load(path, allow_pickle=False)
        for array in loaded.values() if path.suffix == ".npz" else [loaded]:
            assert array.dtype != object


@pytest.mark.parametrize("installed, affected", [("0.9", False), ("1.0", True), ("1.10", True), ("1.11", False), ("2.0", False), ("2.1", True)])
def test_advisories_are_looked_up_offline(tmp_path, installed, affected):
    events = "[{introduced: '1.0'}, {fixed: '1.11'}, {introduced: '2.1'}]"
    about = f"package: {{name: Some_Thing, ecosystem: PyPI}}, ranges: [{{type: ECOSYSTEM, events: {events}}}]"
    (tmp_path / "some-thing").mkdir()
    (tmp_path / "some-thing" / "a.yaml").write_text(f"id: PYSEC-1\naffected: [{{{about}}}]\n", encoding="utf-8")
    (tmp_path / "some-thing" / "b.yaml").write_text(f"id: PYSEC-2\nwithdrawn: '2024'\naffected: [{{{about}}}]\n", encoding="utf-8")
    assert list(affecting(tmp_path, "some-thing", installed)) == [("PYSEC-1", affected)]
