"""设置 → 深度校准: some essays are shown one by one, the organizer says how deep each is, and the levels follow."""

from __future__ import annotations

import streamlit as st

from analyzer.ingest.errors import IngestError
from analyzer.labels import LEVEL
from analyzer.reflection.reflection import LEVELS
from analyzer.report.marked import visible
from analyzer.report.rating_sheet import GUIDE, to_rate
from analyzer.report.report import Report
from analyzer.store import StoredBatch
from analyzer.ui import context, jobs, preferences, theme
from analyzer.ui.context import Loaded

SHOWN = 40
"""Essays offered for rating, spread over the model's scores."""


def show(batch: StoredBatch | None, found: Loaded | None) -> None:
    store = context.store()
    _in_use(batch)
    if batch is None or found is None:
        theme.lede("分析过一批之后，就可以在这里评级。")
        return
    essays = to_rate(found.report, SHOWN)
    ratings = store.ratings(batch.id)
    ids = [essay.id for essay in essays]
    done = sum(id in ratings for id in ids)
    theme.lede(
        f"您来评 20–40 篇，等级的分界就按您的尺度调整。从浅到深都挑了一些，打乱了次序，隐去姓名和程序的评分。已评 {done} / {len(ids)} 篇，随时可以停。"
    )
    at = min(st.session_state.setdefault(f"rating-{batch.id}", _first_open(ids, ratings)), len(ids) - 1)
    if not ids:
        st.info("这一批没有可评的篇目：文字都太少。", icon=":material/info:")
        return
    st.progress(done / len(ids))
    _one(batch, found.report, ids, at, ratings.get(ids[at]))
    _fit(batch, found.report, ratings)


def _first_open(ids: list[str], ratings: dict[str, int]) -> int:
    return next((n for n, id in enumerate(ids) if id not in ratings), 0)


def _one(batch: StoredBatch, report: Report, ids: list[str], at: int, given: int | None) -> None:
    essay = report.essay(ids[at])
    left, right = st.columns([2.2, 1])
    text = essay.text.replace(essay.author, "×××") if len(essay.author) > 1 else essay.text
    left.html(f'<div class="rating isolate"><b>{visible(essay.title or "（无题）")}</b><br>{visible(text)}</div>')
    with right:
        st.html(f"<b>第 {at + 1} 篇，{len(essay.text)} 字</b>")
        for level, meaning in zip(LEVELS, GUIDE[1:], strict=True):
            chosen = st.button(
                LEVEL[level], type="primary" if level == given else "secondary", shortcut=str(level), width="stretch", key=f"level-{level}"
            )
            theme.lede(meaning.partition("：")[2])
            if chosen:
                context.store().rate(batch.id, essay.id, level, context.who())
                _turn(batch, min(at + 1, len(ids) - 1))
        cells = st.columns(3)
        if cells[0].button("上一篇", disabled=at == 0, shortcut="Left", width="stretch", key="rate-back"):
            _turn(batch, at - 1)
        if cells[1].button("下一篇", disabled=at == len(ids) - 1, shortcut="Right", width="stretch", key="rate-on"):
            _turn(batch, at + 1)
        if cells[2].button("取消评级", disabled=given is None, width="stretch", key="rate-none"):
            context.store().rate(batch.id, essay.id, None, context.who())
            st.rerun()


def _turn(batch: StoredBatch, at: int) -> None:
    st.session_state[f"rating-{batch.id}"] = at
    st.rerun()


def _fit(batch: StoredBatch, report: Report, ratings: dict[str, int]) -> None:
    from analyzer.reflection.calibrate import FEWEST, calibrate, uncalibrated_scores

    rated = [essay for essay in report.essays if essay.id in ratings]
    label = "按我的评级校准" if len(rated) >= FEWEST else f"按我的评级校准（还差 {FEWEST - len(rated)} 篇）"
    slot = f"calibrated-{batch.id}"
    if st.button(label, type="primary", disabled=len(rated) < FEWEST, key="calibrate"):
        with st.spinner("正在校准……"):
            scored = [(score, ratings[e.id]) for e, score in zip(rated, uncalibrated_scores(rated)) if score is not None]
        try:
            st.session_state[slot] = calibrate(*zip(*scored)) if scored else None
        except IngestError as error:
            st.error(theme.plain(str(error)))
    if found := st.session_state.get(slot):
        _outcome(found)
        if st.button("以后用这个分界", type="primary" if found.helps else "secondary", key="calibration-use"):
            preferences.set_calibration(context.store(), found)
            del st.session_state[slot]
            st.rerun()


def _outcome(found) -> None:
    theme.say(
        ("校准前", f"与您的评级一致 {found.before.exact:.0%}（加权一致性 {found.before.qwk:.2f}）。"),
        ("校准后", f"一致 {found.after.exact:.0%}（加权一致性 {found.after.qwk:.2f}）；每一篇都用没有它参与的分界来判（交叉验证）。"),
        *[("注意", warning) for warning in found.warnings],
        warn=not found.helps,
    )


def _in_use(batch: StoredBatch | None) -> None:
    store = context.store()
    found = preferences.calibration(store)
    if found is None:
        theme.say(("现在", "用自带的分界，没有校准过。"))
        return
    counts = "，".join(f"{LEVEL[level]} {n} 篇" for level, n in zip(LEVELS, found.levels, strict=True))
    theme.say(("现在", f"用按 {found.essays} 篇评级（{counts}）校准过的分界，一致 {found.before.exact:.0%} → {found.after.exact:.0%}。"))
    cells = st.columns([1.2, 1.6, 5])
    if cells[0].button("恢复自带的分界", key="calibration-off", width="stretch"):
        preferences.set_calibration(store, None)
        st.rerun()
    if batch and (store.folder(batch.id) / "batch.json").exists() and cells[1].button(
        "这一批按校准重新分析", key="calibration-again", width="stretch"
    ):  # fmt: skip
        jobs.start(store, batch.id, "analyze")
        context.go("upload", view="本批")
