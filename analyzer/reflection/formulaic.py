"""Formulaic self-examination: sentences made of the genre's cue words, with nothing in them that happened to anybody.

«我要深刻反思、深刻剖析，刀刃向内» names reflection and does none. Of 9,116 labelled sentences 154 are such; none of them is
an experience, an insight or a plan, and readers give the few shortcomings and causes among them no more than «formulaic».
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from analyzer.reflection.reflection import ASPECTS, LABELS
from analyzer.text.segment import tagged_words

_CUES = re.compile(
    "反思|剖析|反省|深刻认识|刀刃向内|见筋见骨|触及灵魂|刮骨疗毒|自我革命|红脸出汗|揭短亮丑|查摆|检视|思想根源|深挖根源|摆进去|立行立改|"
    "举一反三|究其原因|思想认识"
)
_CONCRETE = re.compile(
    "[0-9“”「」《》：他她它]|上个?[月周]|那[天次年晚]|去年|今年|昨|有一[次天回]|(?<!每)[一二三四五六七八九十两几百千半][个位次件条份天年月名户家本张页句遍分小]"
)
_NAMES = ("nr", "ns", "nt")
_NO_TIME = frozenset("今后 过去 以后 当前 现在 今天 将来 时代 新时代 未来 当下 平时".split())
"""Words of time that place nothing in time."""
_EARNING = [LABELS.index(label) for label in (*ASPECTS, "feeling")]


def is_formulaic(text: str, tagged: Sequence[tuple[str, str]] | None = None) -> bool:
    """A cue word, and no number, name, time, quotation or third person; ``tagged``: its words, where they are known."""
    if not _CUES.search(text) or _CONCRETE.search(text):
        return False
    tagged = tagged_words(text) if tagged is None else tagged
    return not any(tag[:2] in _NAMES or (tag[0] == "t" and word not in _NO_TIME) for word, tag in tagged)


def earning_nothing(probabilities: np.ndarray) -> np.ndarray:
    """(n, labels) with what counts towards the level taken out; rows sum to 1."""
    left = probabilities.copy()
    left[:, _EARNING] = 0
    return left / np.maximum(left.sum(axis=1, keepdims=True), 1e-9)
