"""Radical characters that stand for the whole character: a font's code table read backwards writes them (Chrome's PDFs are
full of them), and a copier may put them in its place."""

from __future__ import annotations

import unicodedata

_KANGXI = {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
_SUPPLEMENT = dict(zip(
    "⺁⺟⺠⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰⻳⺼⻁⺎⺏⺐⺓⺝⺩⻌⻎",
    "厂母民西见角贝车长门青韦页风飞食马骨鬼鱼鸟麦黄齐齿龙龟肉虎兀尣尢幺月王辶辶",
))

RADICALS = _KANGXI | _SUPPLEMENT
"""One character for one; Unicode's NFKC, and its EquivalentUnifiedIdeograph.txt for the supplement."""
