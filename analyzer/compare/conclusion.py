"""Conclusions in words, from nothing but the figures of a comparison: direction, size, certainty, caveat."""

from __future__ import annotations

from analyzer.compare.comparison import REST, Comparison, Difference, Group, Trend
from analyzer.labels import MEASURE, TIER

ALPHA = 0.05
CAUTION = 20
"""A statement about a group with fewer essays than this names the number."""
MEDIUM = 0.33
"""Cliff's delta from which a difference is medium (differences.DELTA_STEPS)."""
WIDE = 0.15
"""Where the interval of two shares reaches this far, one cannot say that they are alike."""
HIDDEN = "篇数过少，不公开"
"""Group.note where figures were taken out for wider circulation."""
_SHOWN = 5
_SIZE = {"negligible": "差异极小", "small": "差异小", "medium": "差异中等", "large": "差异大"}
_SHARES = ("suspected", "templated", "findings")


def conclude(comparison: Comparison) -> str:
    """What can and what cannot be said, in Chinese. Says "higher", "lower" or "trend" only where the test carries it.

    A comparison that does not come from ``compare`` (responsibility.py) keeps the conclusion it has.
    """
    if not is_rewritable(comparison):
        return comparison.conclusion
    return {"tier": _tiers, "unit": _units, "unit_tier": _cells, "batch": _batches}[comparison.by](comparison)


def is_rewritable(comparison: Comparison) -> bool:
    """Whether the conclusion follows from the figures alone."""
    return comparison.by in ("tier", "unit", "unit_tier", "batch") and comparison.measure in MEASURE


def is_claimed(pair: Difference) -> bool:
    """Whether a pair counts as different: corrected p and interval must agree."""
    return pair.p is not None and pair.p <= ALPHA and (pair.low > 0 or pair.high < 0)


def _tiers(c: Comparison) -> str:
    groups = {g.name: g for g in c.groups}
    usable = [g for g in c.groups if g.mean is not None]
    if not groups:
        return "没有一篇知道作者层级，不能比较层级；请在名单中补填职务或层级。"
    parts = []
    if len(usable) < 2 and _hidden(c):
        parts.append("可以公开的层级不足两个，不作比较。")
    elif len(usable) < 2:
        parts.append(f"{_only(usable, '层级', TIER)}，不能比较层级{_why_few(c)}。")
    elif _all_alike(usable):
        parts.append(_alike_sentence(c, usable))
    else:
        two = len(usable) == 2
        trend = "" if two and not _disagree(c.trend) else _trend_sentence(c, c.trend, usable)
        parts += [trend, _contrast_sentences(c, groups), _pair_sentences(c, groups, after_trend=bool(trend))]
        parts.append(_unit_caveat(c, two))
    return "".join([*parts, _small(c, TIER), _missing(c), _left_out(c, "层级")])


def _units(c: Comparison) -> str:
    usable = [g for g in c.groups if g.mean is not None]
    if not c.groups:
        return "没有一篇知道作者单位，不能比较单位；请在名单中补填单位。"
    if len(usable) < 2 and _hidden(c):
        return "可以公开的单位不足两个，不作比较。" + _small(c, {}) + _left_out(c, "单位")
    if len(usable) < 2:
        head = f"{len(c.groups)} 个单位都不足 3 篇" if not usable else _only(usable, "单位", {})
        return f"{head}，不能比较单位{_why_few(c)}。" + _missing(c) + _left_out(c, "单位")
    if _all_alike(usable):
        return _alike_sentence(c, usable) + _small(c, {}) + _missing(c) + _left_out(c, "单位")
    claimed = sorted(filter(is_claimed, c.pairs), key=lambda p: -abs(p.delta))
    groups = {g.name: g for g in c.groups}
    parts = []
    for pair in claimed[:_SHOWN]:
        group = groups[pair.a]
        few = f"，仅 {group.n} 篇，宜谨慎" if group.n < CAUTION else ""
        other = "其余单位" if pair.b == REST else pair.b
        parts.append(f"{pair.a}（{value(c.measure, group)}）{_higher(pair)}{other}（{_effect(c, pair)}{few}）{_tier_caveat(pair)}")
    if len(claimed) > _SHOWN:
        parts.append(f"另有 {len(claimed) - _SHOWN} 个单位也与其余单位不同，见表")
    same = 0 if len(usable) == 2 else len(usable) - len(claimed)
    if not claimed and len(usable) == 2:
        text = f"{usable[0].name}与{usable[1].name}的{MEASURE[c.measure]}看不出差别（{_interval(c, c.pairs[0])}{_open(c, c.pairs[0])}）"
    elif not claimed:
        text = f"{len(usable)} 个单位中，没有一个的{MEASURE[c.measure]}与其余单位看得出差别"
        text += "；各单位篇数不多，也不能说没有差别" if min(g.n for g in usable) < CAUTION else ""
    else:
        text = f"{MEASURE[c.measure]}：" + "；".join(parts)
        text += f"。其余 {same} 个单位看不出与别的单位不同" if same else ""
    tiny = len(c.groups) - len(usable) - len(_hidden(c))
    text += f"。{tiny} 个单位不足 3 篇，不作统计" if tiny else ""
    text += f"。{len(_hidden(c))} 个单位不公开" if _hidden(c) else ""
    return text + "。" + _missing(c) + _left_out(c, "单位")


def _cells(c: Comparison) -> str:
    usable = [g for g in c.groups if g.mean is not None]
    if not c.groups:
        return "单位或层级不全，不能按单位和层级细分。"
    small = sum(g.n < 8 for g in c.groups)
    if not usable:
        return f"共 {len(c.groups)} 组（单位×层级），篇数都太少，不作统计。"
    return f"共 {len(c.groups)} 组（单位×层级），其中 {small} 组不足 8 篇；这里只列数字，不作检验。"


def _batches(c: Comparison) -> str:
    groups = {g.name: g for g in c.groups}
    if not c.pairs and _hidden(c):
        return "可以公开的相邻批次不足两个，不作比较。"
    if not c.pairs:
        return "可比的批次不足两个（每批至少 3 篇），不能比较批次。"
    sentences = []
    for pair in c.pairs:
        a, b = groups[pair.a], groups[pair.b]
        if is_claimed(pair):
            word = "高于" if pair.delta > 0 else "低于"
            sentences.append(f"{pair.a}（{value(c.measure, a)}）{word} {pair.b}（{value(c.measure, b)}；{_effect(c, pair)}）")
        else:
            sentences.append(f"{pair.a} 与 {pair.b} 之间看不出变化（{_interval(c, pair)}，在偶然范围内）")
    return f"{MEASURE[c.measure]}：" + "；".join(sentences) + "。" + _small(c, {}) + _missing(c)


def _trend_sentence(c: Comparison, trend: Trend | None, usable: list[Group]) -> str:
    if trend is None:
        return ""
    what = f"从{TIER[usable[0].name]}到{TIER[usable[-1].name]}，{MEASURE[c.measure]}"
    test = trend.method.split("（")[0] + " 检验，校正后 "
    plain, within = trend.direction != "none", trend.stratified_direction not in ("", "none")
    word = {"rising": "上升", "falling": "下降"}
    steps = "" if not plain or _stepwise(c, usable, trend.direction) else "（但不是逐级变化）"
    if plain and within and trend.direction != trend.stratified_direction:
        return (
            f"{what}合在一起看呈{word[trend.direction]}趋势（{test}{_p(trend.p)}），在各单位内部却呈"
            f"{word[trend.stratified_direction]}趋势（按单位分层，校正后 {_p(trend.stratified_p)}）：合计与分层相反（辛普森悖论），"
            "合计的趋势来自各单位人员构成不同，不能归因于层级。"
        )
    if plain and within:
        return f"{what}总体呈{word[trend.direction]}趋势{steps}（{test}{_p(trend.p)}；按单位分层后同样成立，{_p(trend.stratified_p)}）。"
    if within:
        return (
            f"{what}合在一起看不出趋势（{test}{_p(trend.p)}），但在各单位内部呈{word[trend.stratified_direction]}趋势"
            f"（按单位分层，校正后 {_p(trend.stratified_p)}）：单位之间的不同把它遮住了。"
        )
    if plain and trend.stratified_p is not None:
        return (
            f"{what}合在一起看呈{word[trend.direction]}趋势{steps}（{test}{_p(trend.p)}），但按单位分层后看不出"
            f"（{_p(trend.stratified_p)}）：可能只是单位不同，不能归因于层级。"
        )
    if plain:
        return f"{what}总体呈{word[trend.direction]}趋势{steps}（{test}{_p(trend.p)}）。"
    return f"{what}看不出逐级变化的趋势（{test}{_p(trend.p)}）。"


def _disagree(trend: Trend | None) -> bool:
    """Whether the stratified test says something else than the plain one."""
    return trend is not None and trend.stratified_p is not None and trend.direction != trend.stratified_direction


def _stepwise(c: Comparison, usable: list[Group], direction: str) -> bool:
    values = [g.mean if c.measure in (*_SHARES, "level") else g.median for g in usable]
    return values == sorted(values, reverse=direction == "falling")


def _contrast_sentences(c: Comparison, groups: dict[str, Group]) -> str:
    """One tier against both others taken together, where this shows and no pair with that tier does."""
    told = [
        f"{TIER[one.a]}（{value(c.measure, groups[one.a])}）{_higher(one)}其余两个层级合计（{_effect(c, one)}）{_within_units(one)}"
        for one in _told_contrasts(c)
    ]
    few = _few([groups[one.a] for one in _told_contrasts(c)])
    return f"{MEASURE[c.measure]}：{'；'.join(told)}。{few}" if told else ""


def _told_contrasts(c: Comparison) -> list[Difference]:
    paired = {name for pair in filter(is_claimed, c.pairs) for name in (pair.a, pair.b)}
    return [one for one in c.contrasts if is_claimed(one) and one.a not in paired]


def _pair_sentences(c: Comparison, groups: dict[str, Group], after_trend: bool) -> str:
    claims, alike = [], []
    for pair in c.pairs:
        a, b = groups[pair.a], groups[pair.b]
        if is_claimed(pair):
            claims.append(
                f"{TIER[a.name]}（{value(c.measure, a)}）{_higher(pair)}{TIER[b.name]}（{value(c.measure, b)}；{_effect(c, pair)}）"
                + ("" if after_trend else _within_units(pair))
            )
        else:
            alike.append(f"{TIER[a.name]}与{TIER[b.name]}之间{_not_seen(c, pair)}")
    if not claims and len(c.pairs) > 1:
        widest = max(c.pairs, key=lambda pair: max(abs(pair.low), abs(pair.high)))
        span = f"（差别最不确定的一对：{_scale(c)}{_interval(c, widest)}{_open(c, widest)}）。"
        told = "只拿任何两个层级相比，差别都还不能确认" if _told_contrasts(c) else "任何两个层级之间也看不出差别"
        return told + span
    subject = "逐对看，" if after_trend else f"{MEASURE[c.measure]}："
    if after_trend and claims and _disagree(c.trend):
        subject = "不分单位逐对看，"
    involved = dict.fromkeys(name for pair in filter(is_claimed, c.pairs) for name in (pair.a, pair.b))
    return subject + "；".join(claims + alike) + "。" + _few([groups[name] for name in involved])


def _few(groups: list[Group]) -> str:
    few = [f"{TIER[g.name]}仅 {g.n} 篇" for g in groups if g.n < CAUTION]
    return f"其中{'、'.join(few)}，宜谨慎。" if few else ""


def _not_seen(c: Comparison, pair: Difference) -> str:
    """An interval that just leaves 0 out is no difference yet where the test does not agree."""
    if pair.low > 0 or pair.high < 0:
        return f"的差别还不能确认（{_scale(c)}{_interval(c, pair)}，但检验没有通过，校正后 {_p(pair.p)}）"
    return f"看不出差别（{_scale(c)}{_interval(c, pair)}{_open(c, pair)}）"


def _scale(c: Comparison) -> str:
    return "" if c.measure in _SHARES else "δ 的 "


def _within_units(pair: Difference) -> str:
    if pair.stratified_p is None:
        return ""
    same = (pair.stratified_direction == "higher") == (pair.delta > 0)
    if pair.stratified_p <= ALPHA:
        return "" if same else "，但在各单位内部恰好相反（辛普森悖论），不能归因于层级"
    return "，但按单位分层后看不出，可能只是单位不同"


def _tier_caveat(pair: Difference) -> str:
    if pair.stratified_p is None:
        return ""
    same = (pair.stratified_direction == "higher") == (pair.delta > 0)
    if pair.stratified_p <= ALPHA:
        return "" if same else "，但分层级看恰好相反，是人员构成不同造成的"
    return "，但分层级看就看不出了，可能只是人员构成不同"


def _unit_caveat(c: Comparison, two: bool) -> str:
    """What a claimed difference of tiers may owe to units, where the stratified test could not tell."""
    trend = c.trend
    says = any(map(is_claimed, (*c.pairs, *c.contrasts))) or (
        trend is not None and {trend.direction, trend.stratified_direction} & {"rising", "falling"}
    )
    if not says or trend is None:
        return ""
    if trend.driver:
        what = "差别" if two else "趋势"
        return f"这一{what}主要来自{trend.driver}一个单位，去掉它就看不出了。"
    if trend.units == 0:
        return "单位不详，未能排除单位不同的影响。"
    if trend.units > 1 and trend.strata == 0:
        return "没有一个单位同时有两个层级，分不清是层级不同还是单位不同。"
    return ""


def _small(c: Comparison, label: dict[str, str]) -> str:
    def name(g: Group) -> str:
        return label.get(g.name, g.name)

    hidden = _hidden(c)
    none = [f"{name(g)}只有 {g.n} 篇" for g in c.groups if g.mean is None and g.n and g not in hidden]
    few = [f"{name(g)}仅 {g.n} 篇" for g in c.groups if g.mean is not None and g.n < 8]
    text = f"{'、'.join(none[:_SHOWN])}{'等' if len(none) > _SHOWN else ''}，不作统计。" if none else ""
    text += f"{'、'.join(map(name, hidden[:_SHOWN]))}{'等' if len(hidden) > _SHOWN else ''}篇数少，不公开。" if hidden else ""
    return text + (f"{'、'.join(few[:_SHOWN])}{'等' if len(few) > _SHOWN else ''}，只供参考。" if few else "")


def _hidden(c: Comparison) -> list[Group]:
    """Groups whose figures were taken out (suppression.py)."""
    return [g for g in c.groups if g.note == HIDDEN]


def _missing(c: Comparison) -> str:
    missing, n = sum(g.missing for g in c.groups), sum(g.n for g in c.groups)
    if not missing or missing < 0.1 * (n + missing):
        return ""
    return f"另有 {missing} 篇本人文字过少、未评" + (f"，不在其内，比较的只是其余 {n} 篇。" if n else "。")


def _left_out(c: Comparison, what: str) -> str:
    return f"{c.left_out} 篇{what}不详，未计入。" if c.left_out and c.groups else ""


def _why_few(c: Comparison) -> str:
    return "（多数文字不是本人所写，或过少）" if sum(g.missing for g in c.groups) > sum(g.n for g in c.groups) else ""


def _only(usable: list[Group], what: str, label: dict[str, str]) -> str:
    return f"只有{label.get(usable[0].name, usable[0].name)}达到 3 篇" if usable else f"没有一个{what}达到 3 篇"


def _all_alike(usable: list[Group]) -> bool:
    """Every essay has the same value: each group's spread is nil and all groups sit at one point."""
    first = usable[0]
    if first.count is not None:
        return {g.mean for g in usable} in ({0.0}, {1.0})
    return all(g.q1 == g.q3 == g.low == g.high == g.median == first.median and abs(g.mean - first.median) < 1e-9 for g in usable)


def _alike_sentence(c: Comparison, usable: list[Group]) -> str:
    n, what = sum(g.n for g in usable), MEASURE[c.measure]
    if usable[0].count is None:
        return f"参与比较的 {n} 篇{what}全都一样（{value(c.measure, usable[0])}），没有差别可比。"
    return f"参与比较的 {n} 篇{what}都是 {'100%' if usable[0].mean else '0'}，没有差别可比。"


def value(measure: str, g: Group) -> str:
    """The one figure of a group that stands in sentences."""
    if measure in _SHARES:
        return f"{_percent(g.mean)}，{g.count}/{g.n} 篇"
    if measure == "level":
        return f"三级以上占 {_percent(sum(g.shares[2:]))}"
    return f"中位 {_percent(g.median)}" if measure == "own" else f"中位 {g.median:.0f} 分"


def _higher(pair: Difference) -> str:
    return "高于" if pair.delta > 0 else "低于"


def _effect(c: Comparison, pair: Difference) -> str:
    if c.measure in _SHARES:
        return f"相差 {_points(abs(pair.delta))} 个百分点，{_interval(c, pair)}"
    return f"{_SIZE[pair.magnitude]}，δ = {_signed(pair.delta)}，{_interval(c, pair)}"


def _interval(c: Comparison, pair: Difference) -> str:
    if c.measure in _SHARES:
        return f"95% 区间 {_points(pair.low)} 至 {_points(pair.high)} 个百分点"
    return f"95% 区间 {_signed(pair.low)} 至 {_signed(pair.high)}"


def _open(c: Comparison, pair: Difference) -> str:
    """ "No difference seen" is not "no difference" where the interval still holds a medium one."""
    far = max(abs(pair.low), abs(pair.high))
    if c.measure in _SHARES:
        return "，不能说没有差别" if far >= WIDE else ""
    return "，篇数不足以排除中等差别" if far >= MEDIUM else "，即使有也不到中等"


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%" if share in (0, 1) or 0.01 <= share <= 0.99 else f"{100 * share:.1f}%"


def _points(share: float) -> str:
    return f"{100 * share:.0f}".replace("-0", "0").replace("-", "−")


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")


def _p(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"
