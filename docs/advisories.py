"""Known weaknesses of what xinde needs, looked up offline: python docs/advisories.py FOLDER

FOLDER is a copy of https://github.com/pypa/advisory-database (or of its folder ``vulns``), which can be carried to a computer
without a network; what is newer than that copy is not known to it. Where there is a network, ``pip-audit`` asks itself. Needs
PyYAML. Exit status 1 where an installed version is affected.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml
from packaging.version import Version

from licences import needed


def affecting(folder: Path, name: str, installed: str) -> Iterator[tuple[str, bool]]:
    """Id of each advisory about a package (normalized name), and whether it is about this version."""
    for path in sorted(folder.glob(f"{name}/*.yaml")):
        advisory = yaml.safe_load(path.read_text(encoding="utf-8"))
        if not advisory.get("withdrawn"):
            about = [each for each in advisory["affected"] if _normalized(each["package"]["name"]) == name]
            yield advisory["id"], any(_affected(each, installed) for each in about)


def _affected(about: dict, installed: str) -> bool:
    ranges = (events["events"] for events in about.get("ranges", ()) if events["type"] == "ECOSYSTEM")
    return installed in map(str, about.get("versions", ())) or any(_within(events, Version(installed)) for events in ranges)


def _within(events: list[dict], installed: Version) -> bool:
    """As https://ossf.github.io/osv-schema/ evaluates a range: the last event that is not after the version decides."""
    within = False
    for event in sorted(events, key=lambda event: Version(str(next(iter(event.values()))))):
        ((kind, version),) = event.items()
        at = Version(str(version))
        if kind == "introduced" and installed >= at:
            within = True
        elif kind == "fixed" and installed >= at or kind == "last_affected" and installed > at:
            within = False
    return within


def _normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        sys.exit(__doc__)
    folder = Path(arguments[0])
    folder = folder / "vulns" if (folder / "vulns").is_dir() else folder
    if not any(folder.glob("*/*.yaml")):
        sys.exit(f"{folder} holds no advisories")
    read, found, packages = 0, [], needed(extras=("encoders", "e5"))
    for name, package in packages.items():
        for id, affected in affecting(folder, name, package.version):
            read += 1
            found += [f"{name} {package.version}: {id}"] * affected
    print(f"{len(packages)} packages, {read} advisories about them, {len(found)} about the installed versions")
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
