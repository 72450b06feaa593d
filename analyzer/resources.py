"""Where the models and samples are: beside the package in an install, beside its folder in a checkout."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def resource(*parts: str) -> Path:
    """Path of a shipped file or folder, such as ``resource("models", "reflection")``.

    The wheel puts ``models`` and ``samples`` inside the package (pyproject.toml, force-include), a checkout
    keeps them at the top. Raises FileNotFoundError where neither is there.
    """
    package = Path(str(files("analyzer")))
    for root in (package, package.parent):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError("/".join(parts))
