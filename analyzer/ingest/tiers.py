"""Which tier somebody belongs to: from a word that says so, else the folder, else the post. See tiers.toml."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from analyzer.essay import TIERS
from analyzer.ingest.errors import IngestError
from analyzer.ingest.names import squeezed, without_noise

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    import tomli as tomllib

_DEPUTY = re.compile(r"副|常务|专职|代理|代(?=[市县区镇乡局院检])|^原|^拟任")
_SEPARATORS = re.compile(r"[、，,；;/／|\s]|兼任|兼|暨")


@dataclass(frozen=True, slots=True)
class TierRules:
    """The tables of tiers.toml, turned round: from a word to its tier."""

    words: Mapping[str, str]
    posts: Mapping[str, str]
    rank: re.Pattern[str]

    def tier_of(self, value: str = "", folders: Iterable[str] = (), post: str = "", unit: str = "") -> str:
        """One of essay.TIERS, or the empty string where nothing tells.

        ``value``: the roster's column; ``folders``: from the outermost to the innermost, which counts most.
        """
        return self.tier_of_value(value) or self._tier_of_folders(folders) or self.tier_of_post(post, unit)

    def tier_of_value(self, value: str) -> str:
        """From a word as it stands in a roster: the longest known word in it decides (``中层干部（正职）``)."""
        value = squeezed(value)
        if value in self.words:
            return self.words[value]
        if "非" in value:
            return ""  # 非领导职务 holds 领导
        inside = [word for word in self.words if word in value]
        longest = max(map(len, inside), default=0)
        tiers = {self.words[word] for word in inside if len(word) == longest}
        return tiers.pop() if len(tiers) == 1 else ""

    def _tier_of_folders(self, folders: Iterable[str]) -> str:
        # only a whole name: 基层治理办 and 领导小组办公室 are units, not tiers
        for folder in reversed(list(folders)):
            tier = self.words.get(squeezed(folder)) or self.words.get(squeezed(without_noise(folder)))
            if tier:
                return tier
        return ""

    def tier_of_post(self, post: str, unit: str = "") -> str:
        """From the post, or the highest of several; the unit helps where the post alone is ambiguous."""
        bare = self.rank.sub("", re.sub(r"[（(].*?[）)]", "", post))
        found = {self._tier_of_one(part, squeezed(unit)) for part in map(squeezed, _SEPARATORS.split(bare)) if part}
        return next((tier for tier in TIERS if tier in found), "")

    def _tier_of_one(self, post: str, unit: str) -> str:
        chief = _DEPUTY.sub("", post)
        if chief != post and (own := self._longest(post, unit)) and "副" in own:
            return self.posts[own]
        return self.posts.get(self._longest(chief, unit), "")

    def _longest(self, post: str, unit: str) -> str:
        """The longest word that ends ``unit + post`` and does not lie in the unit alone."""
        whole = unit + post
        return max((word for word in self.posts if whole.endswith(word) and post), key=len, default="")


def load_tiers(path: str | os.PathLike[str] | None = None) -> TierRules:
    """The rules as shipped, with the organizer's own on top where ``path`` is given.

    Raises IngestError where that file is missing or no such table.
    """
    tables = _parse(files("analyzer.ingest").joinpath("tiers.toml").read_text(encoding="utf-8"), "tiers.toml")
    words, posts = _by_word(tables["words"]), _by_word(tables["posts"])
    ranks = dict(tables["ranks"])
    if path is not None:
        path = Path(path)
        if not path.is_file():
            raise IngestError(f"找不到层级判定表“{path}”：请检查路径")
        own = _parse(path.read_text(encoding="utf-8-sig"), path.name)
        words |= _by_word(own.get("words", {}), path.name)
        posts |= _by_word(own.get("posts", {}), path.name)
        ranks |= own.get("ranks", {})
    return TierRules(words, posts, _rank_pattern(ranks))


def _parse(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise IngestError(f"层级判定表“{name}”格式不对（{error}）：请对照自带的 tiers.toml 修改") from error


def _by_word(table: Mapping[str, list[str]], name: str = "tiers.toml") -> dict[str, str]:
    unknown = set(table) - set(TIERS)
    if unknown:
        raise IngestError(f"层级判定表“{name}”里有不认识的层级“{'、'.join(sorted(unknown))}”：只能用 {'、'.join(TIERS)}")
    return {squeezed(word): tier for tier, words in table.items() for word in words}


def _rank_pattern(ranks: Mapping[str, list[str]]) -> re.Pattern[str]:
    def either(words: Iterable[str]) -> str:
        return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))

    after = f"(?!{either(ranks['not_before'])})"
    return re.compile(f"(?:{either(ranks['grades'])})(?:{either(ranks['words'])}){after}|(?:{either(ranks['always'])}){after}")
