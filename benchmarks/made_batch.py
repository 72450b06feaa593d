"""Batches of any size that overlap as real ones do, with copies planted: ``python -m benchmarks.made_batch SIZE FOLDER``.

Every essay is on one campaign's topic: it quotes the official document, uses 套话 that others use too (drawn by Zipf's law from
the labelled slogans, restatements and pledges) and tells something of its own. The own part is a walk through the words of the
labelled campaigns (each word followed by one that follows it there), so that short runs of characters recur as in natural text
while whole sentences do not, however many essays are asked for. Five in a hundred essays hold a passage of an earlier essay's
own part, changed in one of four ways.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analyzer.text.segment import words
from models.corpora import Campaign, load_campaigns

OWN_LABELS = ("experience", "shortcoming", "cause", "insight", "plan", "feeling", "fact")
COMMON_LABELS = ("slogan", "restate", "pledge")
KINDS = ("verbatim", "names", "light", "reordered")
COPIES = 0.05
CHARACTERS = 900
SHARES = {"quote": 0.08, "common": 0.3}
"""Of an essay's sentences; the rest is its own."""
LONGEST, SHORTEST = 70, 12
"""Characters of a walked sentence."""
_END = "。"
_ROWS_A_FILE = 10_000
"""Some 30 MB; a table of more than 64 MiB is not read (ingest.limits)."""


@dataclass(frozen=True)
class Copy:
    """A planted passage: where it stands in the copier and where it came from (code points)."""

    essay: str
    start: int
    end: int
    source: str
    source_start: int
    source_end: int
    kind: str


class Walk:
    """Sentences by a random walk over words: what follows a word anywhere in the campaigns may follow it here."""

    def __init__(self, sentences: list[str]) -> None:
        self._follows: dict[str, list[str]] = defaultdict(list)
        self._first: list[str] = []
        for sentence in sentences:
            parts = [w for w in words(sentence.strip()) if w not in "“”‘’「」《》（）()"]
            self._first.append(parts[0])
            for word, then in zip(parts, [*parts[1:], _END]):
                self._follows[word].append(_END if then[0] in "。！？…" else then)

    def sentence(self, rng: random.Random) -> str:
        while True:
            word = rng.choice(self._first)
            taken, length = [], 0
            while word != _END and length < LONGEST:
                taken.append(word)
                length += len(word)
                word = rng.choice(self._follows[word])
            text = re.sub(r"[，、：；]+$", "", re.sub(r"([，、：；])[，、：；]+", r"\1", "".join(taken)))
            if len(text) >= SHORTEST:
                return text + _END


def make_batch(size: int, seed: int = 1) -> tuple[list[dict], str, list[Copy]]:
    """Roster rows (id, title, author, unit, post, tier, text), the official document's text, and the planted copies."""
    rng = random.Random(seed)
    campaigns = load_campaigns()
    labelled = [(s["label"], s["text"].strip()) for c in campaigns for rows in c.sentences.values() for s in rows]
    walk = Walk([text for label, text in labelled if label in OWN_LABELS])
    common = sorted({text for label, text in labelled if label in COMMON_LABELS})
    rng.shuffle(common)
    zipf = 1 / np.arange(1, len(common) + 1)
    draws = iter(np.random.default_rng(seed).choice(len(common), size * 20, p=zipf / zipf.sum()).tolist())
    official = campaigns[0].documents("official")[0].text
    quotable = [s for s in re.findall(r"[^。\n]+。", official) if len(s) > 12]
    rows: list[dict] = []
    owned: list[list[tuple[int, int]]] = []  # of each essay: spans of its own sentences
    copies: list[Copy] = []
    for number in range(size):
        id = f"E{number:06d}"
        passage: list[str] = []
        if number > 20 and rng.random() < COPIES:
            source = rng.randrange(number)
            start, end = _passage(owned[source], rng)
            kind = rng.choice(KINDS)
            passage = _changed(rows[source]["text"][start:end], kind, rng, walk)
        sentences, own = _sentences(rng, walk, common, draws, quotable, sum(map(len, passage)))
        text, spans, planted = _join(sentences, own, passage, rng)
        if passage:
            copies.append(Copy(id, *planted, rows[source]["id"], start, end, kind))
        rows.append(_person(number, rng, campaigns) | {"id": id, "text": text})
        owned.append(spans)
    return rows, official, copies


def _sentences(rng, walk, common, draws, quotable, taken) -> tuple[list[str], list[bool]]:
    sentences, own, length = [], [], taken
    wanted = rng.gauss(CHARACTERS, 120)
    while length < wanted or len(sentences) < 6:
        chance = rng.random()
        if chance < SHARES["quote"]:
            sentence = rng.choice(quotable)
        elif chance < SHARES["quote"] + SHARES["common"]:
            sentence = common[next(draws, 0)]
        else:
            sentence = walk.sentence(rng)
        sentences.append(sentence)
        own.append(chance >= sum(SHARES.values()))
        length += len(sentence)
    return sentences, own


def _join(sentences, own, passage, rng) -> tuple[str, list[tuple[int, int]], tuple[int, int]]:
    """The text, the spans of its own sentences (the planted passage's too), the passage's span."""
    at = rng.randrange(len(sentences) + 1)
    parts = [*zip(sentences[:at], own), *((p, True) for p in passage), *zip(sentences[at:], own[at:])]
    text, spans, planted = "", [], [0, 0]
    for k, (sentence, is_own) in enumerate(parts):
        start = len(text)
        text += sentence
        if is_own:
            spans.append((start, len(text)))
        if at <= k < at + len(passage):
            planted = [start if k == at else planted[0], len(text)]
        if k % 6 == 5:
            text += "\n"
    return text, spans, tuple(planted)


def _passage(spans: list[tuple[int, int]], rng: random.Random) -> tuple[int, int]:
    """From one own sentence to another, four to eight own sentences on; what stands between goes along."""
    count = min(len(spans), rng.randrange(4, 9))
    first = rng.randrange(len(spans) - count + 1)
    return spans[first][0], spans[first + count - 1][1]


def _changed(text: str, kind: str, rng: random.Random, walk: Walk) -> list[str]:
    sentences = re.findall(r"[^。]+。", text.replace("\n", ""))
    if kind == "names":
        return [re.sub(r"[一二三四五六七八九十]|\d", lambda m: rng.choice("二三四五六七八九"), _renamed(s)) for s in sentences]
    if kind == "light":
        return [_lightly(s, rng, walk) for s in sentences]
    if kind == "reordered":
        rng.shuffle(sentences)
    return sentences


_NAMES = (("老", "小"), ("大姐", "大哥"), ("同志", "同事"), ("主任", "科长"), ("所长", "站长"), ("村", "社区"), ("群众", "居民"))


def _renamed(sentence: str) -> str:
    for a, b in _NAMES:
        sentence = sentence.replace(a, b)
    return sentence


def _lightly(sentence: str, rng: random.Random, walk: Walk) -> str:
    """One word in seven exchanged for one that may stand after the same word, one clause in six left out."""
    clauses = re.split(r"(?<=，)", sentence)
    clauses = [c for c in clauses if len(clauses) < 3 or rng.random() > 1 / 6] or clauses
    parts = words("".join(clauses))
    for k in range(1, len(parts)):
        if rng.random() < 1 / 7 and parts[k] not in "，。、：；":
            others = [w for w in walk._follows.get(parts[k - 1], ()) if w not in "，。、：；"]
            parts[k] = rng.choice(others) if others else parts[k]
    text = "".join(parts)
    return text if text.endswith("。") else text.rstrip("，") + "。"


def _person(number: int, rng: random.Random, campaigns: list[Campaign]) -> dict:
    """A made person: tier by tier about 1 : 3 : 6, sixty to a unit."""
    tier = rng.choices(("leadership", "middle", "frontline"), (1, 3, 6))[0]
    surname, given = rng.choice("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"), rng.choice("伟芳敏静强磊军洋勇艳杰娟涛明超霞平刚桂建")
    post = {"leadership": "局长", "middle": "科长", "frontline": "科员"}[tier]
    return {"title": "学习心得体会", "author": f"{surname}{given}{rng.choice('国文华玉春志')}", "unit": f"第{number // 60 + 1}中心",
            "post": post, "tier": tier, "batch": ""}


def write_batch(size: int, folder: Path, seed: int = 1) -> None:
    """``essays*.jsonl``, ``official.txt`` and ``copies.jsonl`` in the folder."""
    rows, official, copies = make_batch(size, seed)
    folder.mkdir(parents=True, exist_ok=True)
    for start in range(0, size, _ROWS_A_FILE):
        _write_lines(folder / f"essays-{start // _ROWS_A_FILE:03d}.jsonl", rows[start : start + _ROWS_A_FILE])
    _write_lines(folder / "copies.jsonl", [vars(copy) for copy in copies])
    (folder / "official.txt").write_text(official, encoding="utf-8")


def _write_lines(path: Path, rows: Iterable[dict]) -> None:
    with open(path, "w", encoding="utf-8") as out:
        out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def essay_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("essays-*.jsonl"))


def read_copies(folder: Path) -> Iterator[Copy]:
    for line in (folder / "copies.jsonl").read_text(encoding="utf-8").splitlines():
        yield Copy(**json.loads(line))


if __name__ == "__main__":
    write_batch(int(sys.argv[1]), Path(sys.argv[2]))
