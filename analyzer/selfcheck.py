"""How well copies are found in an organizer's own text: copies made of the batch's essays are mixed in and looked for.

The copies are made by rule, so they are easier than what a person rewrites with care; a kind that fails here would fail
with people, one that succeeds may still. Sources are taken from essays that share nothing with others.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analyzer.copying import judge, load_logistic
from analyzer.copying.match import Match, Originality
from analyzer.essay import Essay
from analyzer.pipeline import find_copies
from analyzer.text.encode import DEFAULT_ENCODER, load_encoder
from analyzer.text.segment import sentence_spans

PLANTED = 5
"""Copies of each kind, where the batch has enough essays for it."""

MOST = 600
"""Essays of the batch that take part; of more, these are drawn."""

LONG_ENOUGH = 200
"""Characters of an essay that is copied from."""

PREFIX = "selfcheck-"

_SYNONYMS = dict(
    pair.split("=") for pair in
    "认识到=体会到 提高=提升 加强=强化 发现=察觉 问题=毛病 今后=往后 工作=事情 认真=仔细 努力=尽力 但是=不过 因为=由于 所以=因此 现在=如今 以前=从前 "
    "马上=立刻 看见=瞧见 帮助=帮忙 解决=处理 应该=应当 已经=早已 没有=未曾 非常=十分 一定=务必 同时=与此同时 学习=研读 要求=规定 群众=老百姓 "
    "领导=上级 深刻=深深 坚持=一直 重要=要紧 如果=要是 开始=着手 时候=当儿 觉得=感到 告诉=跟我讲 回去=返回 知道=晓得".split()
)
_SYNONYM = re.compile("|".join(sorted(_SYNONYMS, key=len, reverse=True)))
_NUMERAL = re.compile(r"[二三四五六七八九](?=[个名人次件条项户天年月号日时点岁份张]|十)|[2-9](?=\d*[个名人次件条项户天年月号日时点岁份张])")
_SURNAME = re.compile(r"(?<=[小老])[\u4e00-\u9fff](?![\u4e00-\u9fff]?[板师乡])")


@dataclass(frozen=True, slots=True)
class Plant:
    """One copy that was mixed in."""

    kind: str
    """verbatim, names, light, reordered, merged."""
    essay: Essay
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """How the copies of one kind fared."""

    kind: str
    planted: int
    listed: int
    """Copies whose verdict is not clear."""
    with_source: int
    """Copies that share a passage with every essay that they were made from."""
    aligned: float
    """Mean share of a copy that stands in matches with its sources."""


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """What came of it."""

    rows: tuple[Row, ...]
    essays: int
    """Essays of the batch that took part."""
    clear: int
    """Of them, those that were clear before the copies came in and are no source."""
    disturbed: tuple[str, ...]
    """Of those, the ones that were listed afterwards: false alarms that the copies set off."""


def self_check(
    essays: Sequence[Essay], official: Sequence[Essay] = (), library: Sequence[Essay] = (),
    encoder: str = DEFAULT_ENCODER, seed: int = 0, progress: Callable[[int, int], None] | None = None,
) -> SelfCheck:
    """Mix copies into the batch and look for them.

    Raises ValueError, in Chinese, where no essay is long and unlike the others enough to be copied from.
    """
    rng = random.Random(seed)
    tell = progress or (lambda done, total: None)
    essays = [e for e in essays if e.text.strip()]
    if len(essays) > MOST:
        essays = rng.sample(essays, MOST)
    _, before = _judged(essays, official, library, encoder)
    tell(1, 2)
    sources = [e for e in essays if before[e.id].verdict == "clear" and before[e.id].own >= 0.8 and len(e.text) >= LONG_ENOUGH]
    if len(sources) < 2:
        raise ValueError(f"可供试抄的篇目不足：要有两篇以上 {LONG_ENOUGH} 字以上、与别篇不雷同的心得体会。")
    plants = plant(sources, rng)
    matches, after = _judged([*essays, *(p.essay for p in plants)], official, library, encoder)
    tell(2, 2)
    taken = {id for p in plants for id in p.sources}
    clear = [e.id for e in essays if before[e.id].verdict == "clear" and e.id not in taken]
    kinds = dict.fromkeys(p.kind for p in plants)
    return SelfCheck(
        tuple(_row(kind, [p for p in plants if p.kind == kind], matches, after) for kind in kinds),
        len(essays), len(clear), tuple(id for id in clear if after[id].verdict != "clear"),
    )


def plant(sources: Sequence[Essay], rng: random.Random) -> list[Plant]:
    """Copies of each kind; no essay is copied from twice while there are others."""
    each = min(PLANTED, max(1, len(sources) // 8))
    order: list[Essay] = []

    def draw() -> Essay:
        if not order:
            order.extend(rng.sample(list(sources), len(sources)))
        return order.pop()

    plants = []
    for kind, make in _MAKERS.items():
        for _ in range(each):
            chosen = [draw()]
            if kind == "merged":
                chosen.append(next(e for e in (draw() for _ in range(2 * len(sources))) if e.id != chosen[0].id))
            id = f"{PREFIX}{len(plants) + 1}"
            text = make(rng, *(e.text for e in chosen))
            plants.append(Plant(kind, Essay(id, text, author=f"试抄{len(plants) + 1}"), tuple(e.id for e in chosen)))
    return plants


def _verbatim(rng: random.Random, text: str) -> str:
    return text


def _names(rng: random.Random, text: str) -> str:
    """Numbers and surnames changed."""
    text = _NUMERAL.sub(lambda m: rng.choice("23456789" if m.group().isascii() else "二三四五六七八九"), text)
    return _SURNAME.sub(lambda m: rng.choice("赵钱孙李周吴郑王"), text)


def _light(rng: random.Random, text: str) -> str:
    """Words replaced, and every eighth sentence left out."""
    kept = [text[a:b] for k, (a, b) in enumerate(sentence_spans(text)) if k % 8 != 7]
    return _SYNONYM.sub(lambda m: _SYNONYMS[m.group()], "".join(kept))


def _reordered(rng: random.Random, text: str) -> str:
    """Blocks of three sentences in another order."""
    said = [text[a:b] for a, b in sentence_spans(text)]
    blocks = ["".join(said[k : k + 3]) for k in range(0, len(said), 3)]
    rng.shuffle(blocks)
    return "".join(blocks)


def _merged(rng: random.Random, text: str, other: str) -> str:
    """The first half of one, the second half of the other."""
    spans, others = sentence_spans(text), sentence_spans(other)
    return text[: spans[(len(spans) - 1) // 2][1]] + other[others[len(others) // 2][0] :]


_MAKERS: dict[str, Callable[..., str]] = {
    "verbatim": _verbatim, "names": _names, "light": _light, "reordered": _reordered, "merged": _merged,
}


def _judged(
    essays: Sequence[Essay], official: Sequence[Essay], library: Sequence[Essay], encoder: str
) -> tuple[list[Match], dict[str, Originality]]:
    _, _, matches = find_copies(essays, official, library, (), load_encoder(encoder))
    return matches, judge(essays, matches, load_logistic("suspicion"))


def _row(kind: str, plants: Sequence[Plant], matches: Sequence[Match], verdicts: dict[str, Originality]) -> Row:
    listed = with_source = 0
    shares = []
    for p in plants:
        covered, met = [False] * len(p.essay.text), set()
        for m in matches:
            if m.kind == "quote" or p.essay.id not in (m.essay, m.other):
                continue
            mine = m.essay == p.essay.id
            other, start, end = (m.other, m.start, m.end) if mine else (m.essay, m.other_start, m.other_end)
            if other in p.sources:
                met.add(other)
                covered[start:end] = [True] * (end - start)
        listed += verdicts[p.essay.id].verdict != "clear"
        with_source += met == set(p.sources)
        shares.append(sum(covered) / max(1, len(covered)))
    return Row(kind, len(plants), listed, with_source, sum(shares) / max(1, len(shares)))
