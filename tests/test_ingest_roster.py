import json

import pytest
from hypothesis import given, strategies as st

from analyzer.ingest import LIMITS
from analyzer.ingest.errors import Unreadable
from analyzer.ingest.roster import FIELDS, columns_of, field_of, read_roster
from ingest_files import BODY, xlsx


def rows(name, data, kind=None):
    return read_roster(name, data, kind or name.rpartition(".")[2], LIMITS).rows


@pytest.mark.parametrize(("header", "field"), [
    ("姓名", "author"), ("姓  名", "author"), ("作者", "author"), ("姓名/作者", "author"), ("Author", "author"), ("撰写人：", "author"),
    ("干警姓名（必填）", "author"), ("单位", "unit"), ("所在单位（部门）", "unit"), ("单位/部门", "unit"), ("作者单位", "unit"), ("所属党支部", "unit"),
    ("职务", "post"), ("职务/岗位", "post"), ("现任职务", "post"), ("职务职级", "post"), ("职级", "rank"),
    ("层级", "tier"), ("层级/类别", "tier"), ("人员类别", "tier"), ("Tier", "tier"),
    ("题目", "title"), ("心得体会题目", "title"), ("title", "title"), ("正文", "text"), ("正文/内容", "text"), ("心得体会内容", "text"), ("Text", "text"),
    ("批次", "batch"), ("文件名", "file"), ("文件名称", "file"), ("file_name", "file"), ("File Name", "file"), ("附件", "file"),
    ("审核人", "reviewer"), ("单位审核人", "reviewer"), ("编号", "id"), ("ID", "id"), ("essay_id", "id"),
    ("序号", ""), ("联系电话", ""), ("身份证号", ""), ("提交时间", ""), ("备注", ""), ("字数", ""), ("", ""), ("kind", ""),
])
def test_columns_as_people_name_them(header, field):
    assert field_of(header) == field


decoration = st.sampled_from(["", " ", "　", "：", "*", "（必填）", "(必填)", "\n"])


@given(st.data())
def test_every_known_name_is_known_however_it_is_dressed(data):
    field = data.draw(st.sampled_from(sorted(FIELDS)))
    alias = data.draw(st.sampled_from(FIELDS[field]))
    spaced = data.draw(st.sampled_from([alias, " ".join(alias), alias.upper(), "　".join(alias)]))
    assert field_of(spaced + data.draw(decoration)) == field


@given(st.permutations(["姓名", "单位", "职务", "层级", "题目", "批次", "序号", "备注"]))
def test_order_of_columns_does_not_matter(headers):
    assert {headers[n]: field for n, field in columns_of(headers).items()} == {
        "姓名": "author", "单位": "unit", "职务": "post", "层级": "tier", "题目": "title", "批次": "batch"}


@given(st.lists(st.text(max_size=15), max_size=12))
def test_any_headers_give_each_field_once(headers):
    found = columns_of(headers)
    assert len(set(found.values())) == len(found) and set(found.values()) <= set(FIELDS)


def test_header_below_a_title_merged_units_and_a_sum_at_the_foot():
    data = xlsx(
        ["教育整顿心得体会报送名单"], ["填表单位：政治处", "", "", "2021年3月"],
        ["序号", "单位", "姓  名", "职务"],
        [1, "梅岭派出所", "王　芳", "民警"], [2, None, "李建国（女）", "副所长"], ["二、机关"], [3, "政治处", "赵敏", "主任"],
        ["合计", None, "共3人"], [None, None, "填表人：钱进"],
        merge=("A1:D1", "B4:B5"),
    )
    found = rows("名单.xlsx", data)
    assert [(r.author, r.unit, r.post, r.number) for r in found] == [
        ("王芳", "梅岭派出所", "民警", 4), ("李建国", "梅岭派出所", "副所长", 5), ("赵敏", "政治处", "主任", 7)]
    assert all(r.text is None for r in found)


def test_one_sheet_a_unit():
    import io

    import openpyxl

    workbook = openpyxl.Workbook()
    workbook.active.title = "梅岭派出所"
    workbook.active.append(["姓名", "职务"])
    workbook.active.append(["王芳", "民警"])
    other = workbook.create_sheet("Sheet2")
    other.append(["姓名"])
    other.append(["赵敏"])
    file = io.BytesIO()
    workbook.save(file)
    assert [(r.author, r.unit) for r in rows("名单.xlsx", file.getvalue())] == [("王芳", "梅岭派出所"), ("赵敏", "")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv(encoding, delimiter):
    text = "\r\n".join(delimiter.join(row) for row in (["姓名", "单位", "批次"], ["王芳", "梅岭派出所", "2021-03"])) + "\r\n"
    found, = rows("名单.csv", text.encode(encoding))
    assert (found.author, found.unit, found.batch, found.number) == ("王芳", "梅岭派出所", "2021-03", 2)


def test_text_in_a_csv_cell_stays_as_it_is_however_long():
    text = "　第一段，有逗号\"和引号\"。\r\n\n第二段。 " + "长" * 200_000
    quoted = text.replace('"', '""')
    found, = rows("正文.csv", f'姓名,正文\r\n王芳,"{quoted}"\r\n'.encode())
    assert found.text == text


@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1), st.text(st.characters(exclude_categories=("Cs",))))
def test_jsonl_text_title_and_id_stay_as_they_are(text, title):
    for ascii_only in (True, False):
        line = json.dumps({"id": "R1", "title": title, "author": "王芳", "text": text}, ensure_ascii=ascii_only)
        found, = rows("a.jsonl", line.encode("utf-8"))
        assert (found.id, found.title, found.text) == ("R1", title, text)


def test_jsonl_with_bad_lines_blank_lines_and_other_keys():
    roster = read_roster("a.jsonl", "\n".join([
        '{"id": 7, "kind": "essay", "author": "王芳", "tier": null, "text": "好。\\u2028好。", "pieces": [1]}', "", "{坏", "[1]", '{"a": 1}',
    ]).encode(), "jsonl", LIMITS)
    row, = roster.rows
    assert (row.id, row.tier, row.text) == ("7", "", "好。\u2028好。")
    assert [number for number, _ in roster.problems] == [3, 4, 5]


def test_a_table_without_any_known_column_is_no_roster():
    roster = read_roster("统计.xlsx", xlsx(["月份", "数量"], ["三月", 5]), "xlsx", LIMITS)
    assert not roster.is_roster and roster.rows == ()


def test_a_header_is_not_looked_for_within_texts():
    found = rows("a.xlsx", xlsx(["姓名", "正文"], ["王芳", "姓名、单位、职务、层级都写在这里，这一格很长很长很长很长很长很长很长很长很长很长。" + BODY]))
    assert len(found) == 1 and found[0].text.startswith("姓名、单位")


def test_numbers_and_months_in_cells():
    import datetime

    found, = rows("a.xlsx", xlsx(["编号", "姓名", "批次"], [12.0, "王芳", datetime.datetime(2021, 3, 1)]))
    assert (found.id, found.batch) == ("12", "2021-03")


@given(st.binary(max_size=200), st.sampled_from(["xlsx", "csv", "jsonl"]))
def test_any_bytes_give_a_roster_or_a_reason(data, kind):
    try:
        read_roster("a", data, kind, LIMITS)
    except Unreadable as reason:
        assert str(reason)
