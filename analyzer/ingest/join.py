"""Which row of the roster belongs to which file: by the 文件名 column, else by the person's name, unit by unit."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from analyzer.ingest.heading import Heading
from analyzer.ingest.names import names_in, squeezed, tokens, unit_fit
from analyzer.ingest.roster import Row


@dataclass(frozen=True, slots=True)
class Clues:
    """What a file says about who wrote it: its name within the batch and its heading."""

    file: str
    heading: Heading

    @property
    def stem(self) -> str:
        return PurePosixPath(self.file).stem

    @property
    def folders(self) -> tuple[str, ...]:
        return PurePosixPath(self.file).parts[:-1]

    def unit_fit(self, unit: str) -> int:
        """How well the folders, the file name and the heading agree with this unit (names.unit_fit, the best of all)."""
        clues = [self.heading.unit, *self.folders, self.stem, *tokens(self.stem), "".join(self.folders)]
        return max(unit_fit(unit, clue) for clue in clues)


@dataclass(frozen=True, slots=True)
class Joined:
    """For each file its row or None, and what the organizer should know about it."""

    rows: tuple[Row | None, ...]
    names: tuple[str, ...]
    """The roster name that each file carries, also where it is not clear whose of several namesakes it is."""
    unused: tuple[Row, ...]
    """Rows that no file belongs to."""
    notes: tuple[str, ...]


def join(files: Sequence[Clues], rows: Sequence[Row]) -> Joined:
    """Join files to rows. A file may belong to no row, several files to one; nothing is guessed between namesakes."""
    joiner = _Joiner(rows)
    joined: list[Row | None] = []
    names: list[str] = []
    for clues in files:
        row, name = joiner.find(clues)
        joined.append(row)
        names.append(name)
    used = {id(row) for row in joined if row is not None}
    # a namesake whose file cannot be told from the other's is not absent
    unclear = {name for row, name in zip(joined, names) if row is None and name}
    unused = tuple(row for row in rows if id(row) not in used and row.author not in unclear)
    return Joined(tuple(joined), tuple(names), unused, tuple(joiner.notes))


class _Joiner:
    def __init__(self, rows: Sequence[Row]) -> None:
        self.by_file: dict[str, list[Row]] = defaultdict(list)
        self.by_name: dict[str, list[Row]] = defaultdict(list)
        self.units = {squeezed(row.unit) for row in rows if row.unit}
        self.notes: list[str] = []
        for row in rows:
            if row.file:
                for key in {_file_key(row.file), _stem_key(row.file)}:
                    self.by_file[key].append(row)
            if row.author:
                self.by_name[row.author].append(row)

    def find(self, clues: Clues) -> tuple[Row | None, str]:
        named_file = self.by_file.get(_file_key(clues.file)) or self.by_file.get(_stem_key(clues.file)) or []
        row = named_file[0] if len(named_file) == 1 else self._best(named_file, clues)
        if row is not None:
            return row, row.author
        name = self._name(clues)
        if not name:
            return None, ""
        namesakes = self.by_name[name]
        if len(namesakes) == 1:
            row = self._alone(namesakes[0], clues)
            return row, name if row else ""
        row = self._best(namesakes, clues)
        if row is None:
            units = "、".join(row.unit or "单位未填" for row in namesakes)
            self.notes.append(
                f"“{clues.file}”：名单上有 {len(namesakes)} 位“{name}”（{units}），看不出是哪一位，请在文件名里加上单位"
            )
        return row, name

    def _name(self, clues: Clues) -> str:
        """The roster name that the file carries: in its own name, else in its folder's, else in its heading."""
        for place in (clues.stem, *reversed(clues.folders)):
            found = names_in(place, self.by_name)
            if len(found) > 1:
                found = self._narrowed(found, clues)
            if len(found) == 1:
                return found[0]
            if found:
                self.notes.append(f"“{clues.file}”：文件名里有几个人名（{'、'.join(found)}），看不出是谁写的，请改文件名")
                return ""
        return clues.heading.author if clues.heading.author in self.by_name else ""

    def _narrowed(self, names: list[str], clues: Clues) -> list[str]:
        """Of several names in a file's name (the author's, the reviewer's) the one that the heading or the unit confirms."""
        if clues.heading.author in names:
            return [clues.heading.author]
        fitting = [name for name in names if any(clues.unit_fit(row.unit) for row in self.by_name[name])]
        return fitting or names

    def _alone(self, row: Row, clues: Clues) -> Row | None:
        """The only one of that name, unless the file plainly comes from another unit of the roster."""
        other_units = [
            place for place in (*clues.folders, clues.heading.unit)
            if squeezed(place) in self.units and not unit_fit(row.unit, place)
        ]
        if row.unit and other_units and not clues.unit_fit(row.unit):
            self.notes.append(
                f"“{clues.file}”：名单上的“{row.author}”在{row.unit}，文件却来自{other_units[0]}，没有对上，请核对名单"
            )
            return None
        return row

    @staticmethod
    def _best(rows: Iterable[Row], clues: Clues) -> Row | None:
        """The row whose unit fits best, if one does so alone; then by the post."""
        ranked = sorted(((clues.unit_fit(row.unit), row) for row in rows), key=lambda pair: -pair[0])
        if not ranked:
            return None
        best = [row for fit, row in ranked if fit == ranked[0][0]]
        if len(best) > 1:
            where = squeezed(clues.file + clues.heading.post)
            best = [row for row in best if row.post and squeezed(row.post) in where]
        elif ranked[0][0] == 0:
            return None
        return best[0] if len(best) == 1 else None


def _file_key(name: str) -> str:
    return squeezed(unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1])


def _stem_key(name: str) -> str:
    """Names in a roster often lack the extension, or have the one the file had before it was converted."""
    key = _file_key(name)
    stem, dot, extension = key.rpartition(".")
    return "stem:" + (stem if dot and len(extension) <= 5 and extension.isascii() else key)
