"""设置: the library and official documents, which post is which tier, what is listed, calibration, encoder, deleting data."""

from __future__ import annotations

import streamlit as st

from analyzer.ingest.batch import read_batch
from analyzer.ingest.errors import IngestError
from analyzer.ingest.tiers import load_tiers
from analyzer.labels import TIER
from analyzer.text.encode import EncoderError, load_encoder
from analyzer.ui import calibration, context, jobs, listing, preferences, record, theme
from analyzer.ui.upload import DOCUMENTS

KINDS = {"official": "官方文件", "library": "范文"}
PARTS = ("官方文件与范文", "层级规则", "列入线索", "深度校准", "改写识别", "使用记录", "数据")


def page() -> None:
    batch = context.selected()
    theme.heading("设置")
    wanted = st.query_params.get("part")
    part = st.segmented_control(
        "设置什么", PARTS, default=wanted if wanted in PARTS else PARTS[0], required=True, label_visibility="collapsed", key="part"
    )
    if part != wanted:
        st.query_params["part"] = part
    found = context.loaded(batch) if batch else None
    {
        "官方文件与范文": _library,
        "层级规则": _tiers,
        "列入线索": lambda: listing.show(batch, found),
        "深度校准": lambda: calibration.show(batch, found),
        "改写识别": _encoder,
        "使用记录": lambda: record.show(found),
        "数据": _data,
    }[part]()


def _library() -> None:
    store = context.store()
    theme.lede("存在这里的，每次分析都用：官方文件里的话人人可以引用，不算雷同；范文用来找套用模板的。")
    for column, (kind, word) in zip(st.columns(2), KINDS.items(), strict=True):
        with column, st.container(border=True, key=f"panel-{kind}"):
            documents = store.documents(kind)
            st.html(f"<b>{word}（{len(documents)} 份）</b>")
            files = st.file_uploader(
                f"添加{word}", DOCUMENTS, accept_multiple_files=True, key=f"add-{kind}", label_visibility="collapsed"
            )
            if files and st.button("添加", key=f"save-{kind}", type="primary"):
                _add(kind, files)
            for document in documents:
                cells = st.columns([5, 1], vertical_alignment="center")
                cells[0].text(f"{document.title or document.file or document.id}（{len(document.text)} 字）")
                if cells[1].button("移除", key=f"remove-{document.id}"):
                    store.remove_document(document.id)
                    st.rerun()


def _add(kind: str, files) -> None:
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        for file in files:
            jobs.free_path(Path(folder), Path(file.name.replace("\\", "/")).name).write_bytes(file.getbuffer())
        try:
            read = read_batch(sorted(Path(folder).iterdir()))
        except IngestError as error:
            st.error(theme.plain(str(error)))
            return
    new = context.store().add_documents(kind, read.essays)
    st.success(f"新添 {new} 份" + (f"，{len(read.essays) - new} 份原来就有" if len(read.essays) > new else "") + "。")
    for problem in read.problems:
        st.warning(theme.plain(f"{problem.file}：{problem.reason}"))


def _tiers() -> None:
    own = context.store().home / "tiers.toml"
    theme.lede("哪个职务算哪个层级。只写要改、要加的；没写到的按自带的规则。改好后重新读取文稿即生效。")
    example = '[posts]\nmiddle = ["网格长"]\nfrontline = ["二级主任科员"]\n'
    text = st.text_area(
        "层级规则（TOML）", own.read_text(encoding="utf-8") if own.exists() else example, height=260, key="tiers-text"
    )
    post = st.text_input("试一试：输入一个职务，看按已保存的规则算哪个层级", key="tiers-try", placeholder="例如：派出所副所长")
    if post.strip():
        theme.say((post.strip(), TIER[load_tiers(own if own.exists() else None).tier_of(post=post.strip())]))
    if st.button("保存", type="primary", key="tiers-save"):
        trial = own.with_name("tiers.toml.part")
        trial.write_text(text, encoding="utf-8")
        try:
            load_tiers(trial)
        except IngestError as error:
            st.error(theme.plain(str(error)))
        else:
            trial.replace(own)
            st.success("已保存。")


def _encoder() -> None:
    store = context.store()
    theme.lede(
        "用来认出改写的模型。自带的不用联网、不用显卡；也可以换成本机文件夹里的 SentenceTransformer（需另装 xinde[encoders]）。"
    )
    name = st.text_input("模型名或文件夹（自带的写 use）", preferences.encoder(store), key="encoder")
    if st.button("保存", type="primary", key="encoder-save"):
        try:
            with st.spinner("正在试着打开这个模型……"):
                load_encoder(name.strip() or preferences.encoder(store))
        except EncoderError as error:
            st.error(theme.plain(str(error)))
            return
        preferences.set_encoder(store, name)
        st.success("已保存，下次分析起用。")


def _data() -> None:
    store = context.store()
    st.text(f"数据存在：{store.home}")
    theme.lede("文稿、结果、复核记录和库都只在这个文件夹里，不上传任何地方。删除一批：到“上传 → 已有批次”。")
    sure = st.checkbox("我确认要删除全部批次、库和复核记录，不能恢复", key="sure")
    if st.button("删除全部数据", disabled=not sure, key="delete-all"):
        store.delete_everything()
        st.query_params.clear()
        st.rerun()
