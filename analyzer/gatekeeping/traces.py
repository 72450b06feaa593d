"""文档痕迹: what the files themselves tell, to be weighed by a person. No trace changes a verdict.

Properties can be changed, forms are handed round, one clerk puts everybody's files together: what many files share says
nothing and is left out, and every note says what else it may mean.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from analyzer.essay import Essay

TRACES = ("sessions", "origin", "person", "quick")

SHARED_SESSIONS = 2
"""Rare editing sessions (rsids) that two files must share: one alone may be chance (24 bits, ISO/IEC 29500-1, 17.15.1.72)."""

RARE_SHARE, FEWEST_FILES = 0.03, 6
"""A property is rare in at most this share of the files that have one (or in two files); among fewer files nothing is."""

CLERK = 4
"""From this many other people's files on a name is that of somebody who gathers or formats files."""

FAST, LONG = 200, 800
"""Characters a minute that nobody types, in texts of at least LONG characters. Zero minutes are no figure: many programs
do not count."""

EVERYBODY = 0.25
"""Where more than this share of the files were filled in minutes, pasting is how the batch was made."""


@dataclass(frozen=True, slots=True)
class Trace:
    """Something in the properties of one or more files."""

    kind: str
    """One of TRACES."""
    essays: tuple[str, ...]
    note: str
    """What was seen, what it can mean and what it cannot, in Chinese."""


def find_traces(essays: Sequence[Essay]) -> list[Trace]:
    """Traces of a batch, by kind, in the batch's order."""
    origins = list(_shared_origin(essays))
    told = {(id, other) for trace in origins for id in trace.essays for other in trace.essays}
    return [*_shared_sessions(essays), *origins, *_other_person(essays, told), *_quick(essays)]


def _shared_sessions(essays: Sequence[Essay]) -> Iterable[Trace]:
    """Pairs of two people's files that share rare rsids."""
    holders = _rare(essays, lambda e: e.traces.get("rsids", "").split())
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for members in holders:
        for pair in combinations(members, 2):
            shared[pair] += 1
    for (a, b), n in sorted(shared.items()):
        if n >= SHARED_SESSIONS and _two_people(essays[a], essays[b]):
            yield Trace("sessions", (essays[a].id, essays[b].id), (
                f"两份文件有 {n} 个相同的编辑记录编号（rsid），本批其他文件少有：像是从同一份文件改成的，或一份在另一份上改成。"
                "由同一人代为录入、排版，或小范围传用的表样，也会这样；不说明谁先谁后，正文是否雷同以比对为准。"))


def _shared_origin(essays: Sequence[Essay]) -> Iterable[Trace]:
    """Two people's files with one author in the properties and one time of creation."""
    key = lambda e: [(e.traces["author"], e.traces["created"])] if e.traces.get("author") and e.traces.get("created") else []
    for members in _rare(essays, key):
        if any(_two_people(essays[a], essays[b]) for a, b in combinations(members, 2)):
            traces = essays[members[0]].traces
            yield Trace("origin", tuple(essays[k].id for k in members), (
                f"文件属性里的作者（{traces['author']}）和建立时间（{traces['created'][:16].replace('T', ' ')}）完全相同：像是由同一份文件另存而成。"
                "借用别人文件的版式重新写，也会这样；属性可以改动，只供核实时参考。"))


def _other_person(essays: Sequence[Essay], told: Collection[tuple[str, str]]) -> Iterable[Trace]:
    """Files whose properties name somebody else of the batch; ``told``: essays whose files are known to be one."""
    people = {e.author.strip(): e for e in essays if e.author.strip()}
    named: dict[str, list[tuple[Essay, str]]] = defaultdict(list)
    for essay in essays:
        for key, word in (("author", "作者"), ("last_modified_by", "最后修改人")):
            name = essay.traces.get(key, "").strip()
            if name in people and essay.author.strip() and name != essay.author.strip():
                named[name].append((essay, word))
    for name, found in named.items():
        who = " ".join(part for part in (people[name].unit, name) if part)
        files = tuple(dict.fromkeys(essay.id for essay, _ in found))
        if len(files) >= CLERK:
            yield Trace("person", files, f"这 {len(files)} 份文件的属性里都有同一个人（{who}）：多半是他统一收稿、排版，一般不说明问题。")
            continue
        for id in files:
            if (id, people[name].id) in told:
                continue
            words = "、".join(dict.fromkeys(word for essay, word in found if essay.id == id))
            yield Trace("person", (id,), (
                f"文件属性里的{words}是本批另一位作者（{who}）：可能由他代写、代录，也可能用了他的文件或电脑；只供核实时参考。"))


def _quick(essays: Sequence[Essay]) -> Iterable[Trace]:
    """Long texts whose files were open for minutes."""
    timed = [(e, int(e.traces["editing_minutes"])) for e in essays if e.traces.get("editing_minutes", "").isdigit()]
    timed = [(e, minutes) for e, minutes in timed if minutes > 0]
    quick = [(e, m) for e, m in timed if len(e.text) >= LONG and len(e.text) > FAST * m]
    if len(timed) >= FEWEST_FILES and len(quick) > EVERYBODY * len(timed):
        return
    for essay, minutes in quick:
        yield Trace("quick", (essay.id,), (
            f"全文 {len(essay.text)} 字，文件记录的编辑时间只有 {minutes} 分钟：正文多半是粘贴进来的。"
            "先在别处（手机、草稿）写好再粘贴，也会这样；不说明抄袭。"))


def _rare(essays: Sequence[Essay], values: Callable[[Essay], list]) -> list[list[int]]:
    """For each value that at least two files hold and few do: indices of its files."""
    holders: dict = defaultdict(list)
    with_any = 0
    for index, essay in enumerate(essays):
        found = set(values(essay))
        with_any += bool(found)
        for value in sorted(found):
            holders[value].append(index)
    if with_any < FEWEST_FILES:
        return []
    most = max(2, int(RARE_SHARE * with_any))
    return [members for _, members in sorted(holders.items()) if 2 <= len(members) <= min(most, 20)]


def _two_people(a: Essay, b: Essay) -> bool:
    return bool(a.author.strip()) and bool(b.author.strip()) and a.author.strip() != b.author.strip()
