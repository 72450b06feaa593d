"""上传: files in, a check of what was understood, progress; the batches there are."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pandas as pd
import streamlit as st

from analyzer.essay import TIERS
from analyzer.labels import TIER
from analyzer.store import StoredBatch
from analyzer.ui import context, jobs, theme

DOCUMENTS = ["zip", "docx", "doc", "wps", "pdf", "rtf", "odt", "txt", "md"]
ROSTERS = ["xlsx", "csv", "jsonl"]
STATUS = {
    "draft": "待读取",
    "reading": "读取中",
    "read": "待分析",
    "analyzing": "分析中",
    "done": "已完成",
    "failed": "未完成",
    "cancelled": "已取消",
}
VIEWS = ("本批", "新的一批", "已有批次")


def page() -> None:
    batch = context.selected()
    theme.heading("上传")
    wanted = st.query_params.get("view")
    default = wanted if wanted in VIEWS else (VIEWS[0] if batch else VIEWS[1])
    options = VIEWS if batch else VIEWS[1:2]
    view = st.segmented_control(
        "看",
        options,
        default=default if default in options else options[0],
        required=True,
        label_visibility="collapsed",
        key=f"view-{batch.id if batch else ''}-{default}",
    )
    if view != default:
        st.query_params["view"] = view
    {VIEWS[0]: lambda: _this(batch), VIEWS[1]: _new, VIEWS[2]: lambda: _all(batch)}[view]()


def _new() -> None:
    theme.lede(
        "把收上来的文稿整包交给它：压缩包或一批文件都行，docx、doc、wps、pdf、rtf、odt、txt 可以混在一起。文件只存在本机。"
    )
    with st.container(border=True, key="panel-new"):
        left, right = st.columns(2)
        files = left.file_uploader("文稿（必需）", DOCUMENTS + ROSTERS, accept_multiple_files=True, key="files")
        roster = right.file_uploader("名单（xlsx、csv；没有也行，单位和层级从文件名、文件夹、文首看）", ROSTERS, key="roster")
        official = left.file_uploader(
            "官方文件（大家都学、都可引用的讲话、通知）", DOCUMENTS, accept_multiple_files=True, key="official"
        )
        library = right.file_uploader("范文（网上流传的模板）", DOCUMENTS, accept_multiple_files=True, key="library")
        store = context.store()
        kept = len(store.documents("official")) + len(store.documents("library"))
        earlier = sum(b.status == "done" for b in context.batches())
        cells = st.columns([2, 1, 1.4, 1.3, 1, 1], vertical_alignment="bottom")
        name = cells[0].text_input("批次名称", f"{date.today():%Y-%m} 心得体会", key="name")
        characters = cells[1].number_input("要求字数", min_value=1, value=None, step=100, placeholder="不限", key="characters")
        use_kept = cells[2].checkbox(f"并用库中的文件（{kept} 份）", value=True, disabled=not kept, key="use-kept")
        use_earlier = cells[3].checkbox(f"与往批比对（{earlier} 批）", value=True, disabled=not earlier, key="use-earlier")
        if cells[4].button("读取文稿", type="primary", disabled=not files, width="stretch"):
            id = store.new_batch(name.strip() or "未命名")
            jobs.save_uploads(
                store, id, {"files": files, "roster": [roster] if roster else [], "official": official, "library": library}
            )
            (store.folder(id) / "options.json").write_text(
                json.dumps({"kept": use_kept, "history": use_earlier, "characters": characters}), encoding="utf-8"
            )
            _begin(id, "read")
        if cells[5].button("试用示例", width="stretch"):
            _begin(jobs.sample_batch(store), "all")
    theme.lede("第一次用：点“试用示例”，一分钟内看到一份完整的分析。文稿里同名同姓、没有层级、打不开的，读取后会列出来请您核对。")


def _begin(id: str, step: str) -> None:
    jobs.start(context.store(), id, step)
    st.query_params.clear()
    st.query_params["batch"] = id
    st.rerun()


def _this(batch: StoredBatch) -> None:
    if batch.status in jobs.RUNNING and not jobs.gone(context.store(), batch):
        _progress(batch.id)
        return
    if batch.status in jobs.RUNNING:
        theme.say(("中断", "后台分析已经没有动静（可能关了机）。已读取的内容还在，可以接着来。"), warn=True)
    elif batch.status in ("failed", "cancelled"):
        theme.say((STATUS[batch.status], batch.message), warn=True)
    if not _check(batch) and st.button("重新读取", type="primary", key="again"):
        _begin(batch.id, "read")


@st.fragment(run_every=1.0)
def _progress(id: str) -> None:
    batch = context.store().batch(id)
    if batch.status not in jobs.RUNNING or jobs.gone(context.store(), batch):
        st.rerun()
    left = jobs.remaining(batch)
    share = batch.done / batch.total if batch.total else 0.0
    count = f"{batch.done} / {batch.total}" if batch.total else ""
    time = "" if left is None else f"本步约剩 {left:.0f} 秒" if left < 90 else f"本步约剩 {left / 60:.0f} 分钟"
    with st.container(border=True, key="panel-progress"):
        st.html(f"<b>{STATUS[batch.status]}</b>")
        st.progress(min(share, 1.0), text=theme.plain("　".join(part for part in (batch.stage or "准备", count, time) if part)))
        st.html('<p class="lede">可以关掉这一页去做别的，分析在后台继续；回来时从网址或批次列表打开。</p>')
        if st.button("取消", key="cancel"):
            jobs.cancel(context.store(), id)
            st.rerun()


def _check(batch: StoredBatch) -> bool:
    """What was understood: before the analysis to be corrected, afterwards to be looked up. False where nothing was read."""
    store = context.store()
    try:
        understood = store.read_batch(batch.id)
    except FileNotFoundError:  # reading failed, or the batch was kept by the command line
        found = context.loaded(batch)
        if found is None:
            return False
        understood, again = found.report, False
    else:
        again = True
    essays, problems, absent, notes, files = (
        getattr(understood, name) for name in ("essays", "problems", "absent", "notes", "files")
    )
    unknown = [e for e in essays if not e.tier]
    tiers = "，".join(f"{TIER[tier]} {sum(e.tier == tier for e in essays)} 篇" for tier in TIERS)
    theme.say(
        (
            "读到",
            f"收到 {files} 份，{len(essays)} 篇可分析（{tiers}），{len(unknown)} 篇层级待补，{len(problems)} 份未能读取，{len(absent)} 人没有交稿。",
        )
    )
    edited = _unknown(unknown) if unknown else {}
    if again:
        cells = st.columns([1.2, 1.2, 5], vertical_alignment="center")
        first = batch.status != "done"
        label = "开始分析" if batch.status == "read" else "重新分析"
        if cells[0].button(label, type="primary" if first or edited else "secondary", width="stretch", key="analyze"):
            filled = tuple(replace(e, tier=edited.get(e.id, e.tier)) for e in essays)
            store.keep_batch(batch.id, replace(understood, essays=filled))
            _begin(batch.id, "analyze")
        if not first:
            with cells[1]:
                context.link("overview", "看总览", batch)
    if problems or absent:
        with st.container(border=True, key="panel-problems"):
            st.html("<b>没有分析的</b>")
            rows = [{"文件或人员": p.file, "原因": p.reason} for p in problems]
            rows += [
                {"文件或人员": " ".join(part for part in (a.unit, a.author, a.post) if part), "原因": "在名单上，但没有收到文稿"}
                for a in absent
            ]
            st.dataframe(
                pd.DataFrame(rows),
                hide_index=True,
                placeholder="",
                column_config={"原因": st.column_config.TextColumn(width="large")},
                height=theme.grid_height(len(rows), 330),
            )
    for note in notes:
        theme.lede("· " + note)
    return True


def _unknown(unknown) -> dict[str, str]:
    """Tiers that the organizer fills in, by essay id."""
    with st.container(border=True, key="panel-unknown"):
        st.html("<b>层级待补</b>　点“层级”一格选择；不补也能分析，只是不计入层级对比。")
        table = pd.DataFrame(
            [{"单位": e.unit, "姓名": e.author, "职务": e.post, "文件": e.file, "层级": None} for e in unknown],
            index=[e.id for e in unknown],
        )
        words = {TIER[tier]: tier for tier in TIERS}
        edited = st.data_editor(
            table,
            hide_index=True,
            placeholder="",
            disabled=["单位", "姓名", "职务", "文件"],
            height=theme.grid_height(len(unknown), 250),
            key="unknown-tiers",
            column_config={
                "层级": st.column_config.SelectboxColumn(options=list(words)),
                "文件": st.column_config.TextColumn(width="large"),
            },
        )
    return {id: words[word] for id, word in edited["层级"].items() if word in words}


def _all(current: StoredBatch) -> None:
    for batch in context.batches():
        with st.container(border=True, key=f"panel-batch-{batch.id}"):
            cells = st.columns([3, 1.2, 1, 2.2, 1, 1], vertical_alignment="center")
            cells[0].text(batch.name)
            cells[1].text(batch.created[:16].replace("T", " "))
            cells[2].text(STATUS[batch.status])
            cells[3].text(
                f"{batch.essays} 篇 · {batch.units} 个单位 · 疑似 {batch.suspects} 篇"
                if batch.status == "done"
                else f"{batch.essays} 篇"
            )
            with cells[4]:
                context.link("overview" if batch.status == "done" else "upload", "打开", batch)
            if cells[5].button("删除", key=f"delete-{batch.id}"):
                _confirm(batch, batch.id == current.id)


@st.dialog("删除这一批？")
def _confirm(batch: StoredBatch, current: bool) -> None:
    st.text(f"“{batch.name}”的文稿、分析结果和复核记录都会从本机删除，不能恢复。")
    if st.button("删除", type="primary", key="really"):
        context.store().delete_batch(batch.id)
        if current:
            st.query_params.clear()
        st.rerun()
