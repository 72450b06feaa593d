"""``python docs/licences.py``: every package that xinde needs, directly or not, with its licence, as docs/licences.md."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    import tomli as tomllib

FILE = Path(__file__).with_name("licences.md")
PROJECT = Path(__file__).parents[1] / "pyproject.toml"
HEAD = """# Licences of what xinde needs

Written by `python docs/licences.py`; `tests/test_supply.py` fails where one is not allowed (GPL, AGPL) or not told.

| package | licence |
|---|---|
"""


def required(extras: tuple[str, ...] = ()) -> list[str]:
    """What pyproject.toml asks for, these extras included."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    return [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]


def needed(extras: tuple[str, ...] = ()) -> dict[str, Distribution]:
    """Installed packages that xinde needs on this platform, directly or not, by normalized name."""
    found: dict[str, Distribution] = {}

    def walk(lines: Iterable[str], extras: tuple[str, ...]) -> None:
        for line in lines:
            requirement = Requirement(line)
            if requirement.marker and not any(requirement.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
                continue
            key = re.sub(r"[-_.]+", "-", requirement.name).lower()
            if key in found:
                continue
            try:
                found[key] = distribution(requirement.name)
            except PackageNotFoundError:  # an extra, or another platform's
                continue
            walk(found[key].requires or (), tuple(requirement.extras))

    walk(required(extras), ())
    return dict(sorted(found.items()))


def licence(package: Distribution) -> str:
    """As the package itself tells it: SPDX expression, classifiers or the first line of its licence; empty where it does not."""
    told = package.metadata
    classifiers = [line.rpartition("::")[2].strip() for line in told.get_all("Classifier") or () if line.startswith("License ::")]
    return told.get("License-Expression") or ", ".join(classifiers) or (told.get("License") or "").strip().split("\n")[0][:80]


def main() -> int:
    rows = [f"| {name} | {licence(package)} |" for name, package in needed().items()]
    FILE.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    print(f"{len(rows)} packages in {FILE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
