"""What an organizer hands in and what comes of it: read_batch and read_documents."""

import json

import pytest
from hypothesis import given, settings, strategies as st

from analyzer.ingest import IngestError, Limits, read_batch, read_documents
from analyzer.ingest.names import names_in
from ingest_files import BODY, DATA, TEXT, docx, write, xlsx, zipped

OTHER = "我是窗口上的人，嗓门大。三月的一天我冲着一个听不清的老人喊了三遍，喊完自己先红了脸。"
THIRD = "案卷在我柜子里睡了四十天，不是难办，是我嫌烦。往后每周五下午我先办最嫌烦的那一件。"


def jsonl(*rows: dict) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def by_author(batch):
    return {essay.author: essay for essay in batch.essays}


def counted(batch, files: int):
    assert batch.files == files == len(batch.essays) + len(batch.problems)
    assert len({essay.id for essay in batch.essays}) == len(batch.essays)
    return batch


# ------------------------------------------------------------------ every file is accounted for

def test_every_format_and_every_fault_in_one_zip(tmp_path):
    members = {
        "甲局/王一.docx": docx(BODY + "一"), "甲局/王二.doc": (DATA / "essay.doc").read_bytes(), "甲局/王三.txt": (BODY + "三").encode("gbk"),
        "甲局/王四.pdf": (DATA / "essay.pdf").read_bytes(), "甲局/王五.rtf": (DATA / "essay.rtf").read_bytes(), "甲局/王六.odt": (DATA / "essay.odt").read_bytes(),
        "甲局/王七.wps": (DATA / "essay.wps").read_bytes(), "甲局/王八.md": (BODY + "八").encode(), "乙局.zip": zipped({"王九.txt": (BODY + "九").encode("utf-16")}, "gbk"),
        "丙/扫描.pdf": (DATA / "scanned.pdf").read_bytes(), "丙/密码.docx": (DATA / "password.docx").read_bytes(), "丙/密码.pdf": (DATA / "password.pdf").read_bytes(),
        "丙/坏.docx": docx()[:3000], "丙/空.txt": b"", "丙/空白.docx": docx(""), "丙/照片.jpg": b"\xff\xd8\xff\xe0", "丙/怪.xyz": b"\0\1\2",
        "丙/统计.xlsx": xlsx(["月份", "数"], [3, 5]), "__MACOSX/._王一.docx": b"x", "甲局/~$王一.docx": b"x", "甲局/Thumbs.db": b"x",
    }
    (tmp_path / "收.zip").write_bytes(zipped(members, "gbk"))
    batch = counted(read_batch(tmp_path / "收.zip"), 18)
    assert {essay.author for essay in batch.essays} == {f"王{n}" for n in "一二三四五六七八九"}
    assert {essay.author: essay.unit for essay in batch.essays} == {f"王{n}": "甲局" for n in "一二三四五六七八"} | {"王九": "乙局"}
    reasons = {problem.file: problem.reason for problem in batch.problems}
    assert set(reasons) == {name for name in members if name.startswith("丙/")}
    for file, words in {"扫描.pdf": "扫描件", "密码.docx": "密码", "密码.pdf": "密码", "坏.docx": "损坏", "空.txt": "0 字节", "空白.docx": "没有文字",
                        "照片.jpg": "图片", "怪.xyz": "格式", "统计.xlsx": "表格"}.items():
        assert words in reasons[f"丙/{file}"] and "：" in reasons[f"丙/{file}"], "says what is wrong, and what to do"


def test_text_is_the_whole_text_of_the_file(tmp_path):
    write(tmp_path, {"a.txt": TEXT.encode()})
    essay, = read_batch(tmp_path / "a.txt").essays
    assert essay.text == TEXT
    assert (essay.title, essay.author, essay.unit, essay.file) == ("从一张欠条说起", "王建国", "禾川县公安局梅岭派出所", "a.txt")


def test_ids_are_the_same_in_every_run_and_order(tmp_path):
    write(tmp_path, {"甲/王芳.txt": BODY.encode(), "乙/李强.txt": OTHER.encode()})
    first, again = read_batch(tmp_path), read_batch([tmp_path])
    assert {e.file: e.id for e in first.essays} == {e.file: e.id for e in again.essays}


def test_duplicates_of_one_person_count_once_but_copies_between_two_persons_are_two_essays(tmp_path):
    write(tmp_path, {
        "王芳.docx": docx(BODY), "王芳（补交）.txt": BODY.encode(), "李强.docx": docx(OTHER), "李强 终稿.docx": docx(OTHER),
        "张敏.txt": THIRD.encode(), "赵磊.txt": THIRD.encode(), "1.txt": (BODY + OTHER).encode(), "2.txt": (BODY + OTHER).encode(),
    })
    batch = counted(read_batch(tmp_path), 8)
    assert sorted(essay.author for essay in batch.essays) == sorted(["王芳", "李强", "张敏", "赵磊", ""])
    assert {p.file for p in batch.problems} < {"王芳.docx", "王芳（补交）.txt", "李强.docx", "李强 终稿.docx", "1.txt", "2.txt"}
    assert all("重复提交" in problem.reason and "“" in problem.reason for problem in batch.problems)


def test_the_same_text_in_two_batches_or_units_stays(tmp_path):
    rows = [{"id": n, "author": "王芳", "unit": unit, "batch": batch, "text": BODY}
            for n, (unit, batch) in enumerate([("甲局", "2021-03"), ("甲局", "2021-06"), ("乙局", "2021-03"), ("甲局", "2021-03")])]
    write(tmp_path, {"a.jsonl": jsonl(*rows)})
    batch = counted(read_batch(tmp_path / "a.jsonl"), 4)
    assert [essay.id for essay in batch.essays] == ["0", "1", "2"]


def test_a_copy_that_still_bears_the_first_authors_name_is_the_second_persons(tmp_path):
    write(tmp_path, {"王建国.txt": TEXT.encode(), "李强.txt": TEXT.encode()})
    batch = counted(read_batch(tmp_path), 2)
    assert {essay.author for essay in batch.essays} == {"王建国", "李强"}
    assert any("李强.txt" in note and "王建国" in note for note in batch.notes)


def test_a_file_called_after_its_title_is_not_called_after_a_person(tmp_path):
    write(tmp_path, {"方圆规.txt": f"方圆规\n禾川县公安局\n王建国\n{BODY}".encode()})
    assert read_batch(tmp_path).essays[0].author == "王建国"


def test_very_short_and_very_long_essays_and_a_batch_of_one(tmp_path):
    write(tmp_path, {"短.txt": "三个字".encode(), "长.txt": (BODY * 5000).encode(), "过长.txt": (BODY * 50).encode() + b"a" * 300_000})
    batch = counted(read_batch(tmp_path, limits=Limits(text_characters=250_000)), 3)
    assert {len(essay.text) for essay in batch.essays} == {3, len(BODY) * 5000}
    assert "拆成单篇" in batch.problems[0].reason
    counted(read_batch(tmp_path / "短.txt"), 1)


# ------------------------------------------------------------------ rosters with the text

def test_a_jsonl_with_texts_is_taken_exactly_as_it_is(tmp_path):
    text = f"　{TEXT}\r\n\n \u2028末"
    write(tmp_path, {"a.jsonl": jsonl(
        {"id": "R1", "title": " 题 ", "author": "王芳", "unit": "甲局", "post": "民警", "tier": "leadership", "batch": "2021-03", "text": text},
        {"id": "R2", "title": "", "author": "李强", "unit": "甲局", "post": "副所长", "tier": "", "batch": "", "text": OTHER},
        {"id": "R3", "title": "空", "author": "张敏", "unit": "甲局", "post": "", "tier": "", "batch": "", "text": " "},
    ) + b"{\n"})
    batch = counted(read_batch(tmp_path / "a.jsonl"), 4)
    first, second = batch.essays
    assert (first.id, first.title, first.text, first.tier, first.batch) == ("R1", " 题 ", text, "leadership", "2021-03")
    assert (second.id, second.title, second.tier) == ("R2", "", "middle")
    assert [(p.file, p.reason[:5]) for p in batch.problems] == [("a.jsonl 第3行", "正文为空："), ("a.jsonl 第4行", "这一行不是")]
    assert batch.absent == ()


def test_xlsx_and_csv_with_texts(tmp_path):
    rows = [["姓名", "单位", "层级", "正文"], ["王芳", "甲局", "基层", BODY], ["李强", "甲局", "中层", OTHER]]
    csv = "\n".join(",".join(row) for row in rows).encode("gbk")
    write(tmp_path, {"a.xlsx": xlsx(*rows), "b.csv": csv})
    for name in ("a.xlsx", "b.csv"):
        batch = counted(read_batch(tmp_path / name), 2)
        assert [(e.author, e.tier, e.text) for e in batch.essays] == [("王芳", "frontline", BODY), ("李强", "middle", OTHER)]


def test_texts_for_some_and_files_for_others(tmp_path):
    write(tmp_path, {"r.xlsx": xlsx(["姓名", "单位", "正文"], ["王芳", "甲局", BODY], ["李强", "乙局", None], ["张敏", "丙局", None]), "f/李强.txt": OTHER.encode()})
    batch = counted(read_batch(tmp_path / "f", roster=tmp_path / "r.xlsx"), 3)
    assert {e.author: e.unit for e in batch.essays} == {"王芳": "甲局", "李强": "乙局"}
    assert batch.problems[0].file == "r.xlsx 第4行"


def test_two_rows_with_one_id_stay_apart(tmp_path):
    write(tmp_path, {"a.jsonl": jsonl(*({"id": "R1", "author": a, "text": t} for a, t in (("王芳", BODY), ("李强", OTHER), ("张敏", THIRD))))})
    batch = counted(read_batch(tmp_path / "a.jsonl"), 3)
    assert [essay.id for essay in batch.essays] == ["R1", "R1-2", "R1-3"]
    assert "R1" in batch.notes[0]


# ------------------------------------------------------------------ joining

ROSTER = xlsx(
    ["编号", "姓名", "单位", "职务", "层级", "审核人"],
    ["A1", "王芳", "禾川县公安局梅岭派出所", "社区民警", "", "郭所"], ["A2", "王芳", "禾川县人民法院", "书记员", "", ""],
    ["A3", "张伟", "禾川县公安局龙潭派出所", "副所长", "", ""], ["A4", "张伟民", "禾川县公安局龙潭派出所", "辅警", "", ""],
    ["A5", "欧阳修文", "禾川县司法局", "党组书记、局长", "院局领导", ""], ["A6", "李　强", "禾川县司法局", "二级主任科员", "", ""],
)


@pytest.mark.parametrize(("file", "text", "id"), [
    ("梅岭派出所-王芳.txt", BODY, "A1"), ("王芳 书记员.txt", BODY, "A2"), ("禾川县人民法院/王芳心得体会.txt", BODY, "A2"), ("法院/王芳.txt", f"题\n禾川县人民法院　王芳\n{BODY}", "A2"),
    ("梅岭所/王芳.txt", BODY, "A1"), ("张伟心得体会.txt", BODY, "A3"), ("龙潭派出所张伟民.txt", BODY, "A4"), ("01.张伟民同志的学习体会（终稿）.txt", BODY, "A4"),
    ("欧阳修文.txt", BODY, "A5"), ("李 强/心得.txt", BODY, "A6"), ("心得.txt", f"题目\n禾川县司法局　李　强\n{BODY}", "A6"), ("心得（李强）-司法局.txt", BODY, "A6"),
    ("李强（审核：张伟）.txt", f"题目\n李强\n{BODY}", "A6"),
    ("王芳.txt", BODY, ""), ("张伟杰.txt", BODY, ""), ("心得.txt", BODY, ""), ("李强、张伟.txt", BODY, ""),
])
def test_names_in_file_names_in_any_order(tmp_path, file, text, id):
    write(tmp_path, {f"收/{file}": text.encode(), "r.xlsx": ROSTER})
    batch = read_batch(tmp_path / "收", roster=tmp_path / "r.xlsx")
    essay, = batch.essays
    assert (essay.id if essay.id.startswith("A") else "") == id
    if id == "A1":
        assert (essay.unit, essay.post, essay.tier, essay.reviewer) == ("禾川县公安局梅岭派出所", "社区民警", "frontline", "郭所")
    assert len(batch.absent) == (5 if id else 4 if "王芳" in file else 6)


def test_namesakes_are_reported_not_guessed(tmp_path):
    write(tmp_path, {"收/王芳.txt": BODY.encode(), "收/张伟杰.txt": OTHER.encode(), "r.xlsx": ROSTER})
    batch = counted(read_batch(tmp_path / "收", roster=tmp_path / "r.xlsx"), 2)
    assert by_author(batch)["王芳"].unit == ""
    assert any("2 位“王芳”" in note and "加上单位" in note for note in batch.notes)
    assert by_author(batch)["张伟杰"].file == "张伟杰.txt"
    assert any("没有和名单对上" in note and "张伟杰.txt" in note for note in batch.notes)
    assert "王芳" not in {person.author for person in batch.absent}


def test_a_file_from_another_unit_of_the_roster_is_not_joined_to_its_namesake(tmp_path):
    roster = xlsx(["姓名", "单位"], ["王芳", "禾川县公安局"], ["李强", "柳沟区人民法院"])
    write(tmp_path, {"收/柳沟区人民法院/王芳.txt": BODY.encode(), "收/柳沟区人民法院/李强.txt": OTHER.encode(), "r.xlsx": roster})
    batch = read_batch(tmp_path / "收", roster=tmp_path / "r.xlsx")
    assert by_author(batch)["王芳"].unit == "柳沟区人民法院"
    assert [person.author for person in batch.absent] == ["王芳"]
    assert any("请核对名单" in note for note in batch.notes)


@pytest.mark.parametrize("named", ["心得 (3).docx", "心得 (3)", "心得 (3).doc", "甲局\\心得 (3).docx"])
def test_joined_by_the_column_of_file_names(tmp_path, named):
    write(tmp_path, {"收/甲局/心得 (3).docx": docx(BODY), "r.csv": f"文件名,姓名,单位,题目\n{named},王芳,甲局,借来的时间\n".encode("gbk")})
    essay, = read_batch(tmp_path / "收", roster=tmp_path / "r.csv").essays
    assert (essay.author, essay.title, essay.text) == ("王芳", "借来的时间", BODY)


def test_one_file_name_in_two_folders_is_told_apart_by_unit(tmp_path):
    write(tmp_path, {"收/甲局/1.txt": BODY.encode(), "收/乙局/1.txt": OTHER.encode(), "r.xlsx": xlsx(["文件名", "姓名", "单位"], ["1.txt", "王芳", "甲局"], ["1.txt", "李强", "乙局"])})
    batch = read_batch(tmp_path / "收", roster=tmp_path / "r.xlsx")
    assert {e.file: e.author for e in batch.essays} == {"甲局/1.txt": "王芳", "乙局/1.txt": "李强"}


def test_two_essays_of_one_person_and_people_from_whom_nothing_came(tmp_path):
    write(tmp_path, {"收/李强1.txt": BODY.encode(), "收/李强2.txt": OTHER.encode(), "收/欧阳修文.docx": docx()[:2500], "r.xlsx": ROSTER})
    batch = counted(read_batch(tmp_path / "收", roster=tmp_path / "r.xlsx"), 3)
    assert [essay.id for essay in batch.essays] == ["A6", "A6-2"]
    # whose file is damaged is not absent
    assert sorted(person.id for person in batch.absent) == ["A1", "A2", "A3", "A4"]
    assert all(person.text == "" and person.file == "" for person in batch.absent)


def test_the_only_roster_among_the_files_is_used_and_said(tmp_path):
    write(tmp_path, {"收/名单.xlsx": ROSTER, "收/李强.txt": BODY.encode()})
    batch = counted(read_batch(tmp_path / "收"), 1)
    assert batch.essays[0].id == "A6" and any("名单.xlsx" in note for note in batch.notes)
    write(tmp_path, {"收/名单2.xlsx": ROSTER})
    batch = counted(read_batch(tmp_path / "收"), 3)
    assert [problem.file for problem in batch.problems] == ["名单.xlsx", "名单2.xlsx"]
    batch = counted(read_batch(tmp_path / "收", roster=tmp_path / "收" / "名单.xlsx"), 2)
    assert batch.essays[0].id == "A6" and "另行指定" in batch.problems[0].reason


def test_tier_from_folder_and_unit_from_folders(tmp_path):
    write(tmp_path, {"01 院局领导/王芳.txt": BODY.encode(), "禾川县公安局/梅岭派出所/李强.txt": OTHER.encode(), "03-柳沟区司法局心得体会（1篇）/张敏.txt": THIRD.encode()})
    essays = by_author(read_batch(tmp_path))
    assert essays["王芳"].tier == "leadership" and essays["王芳"].unit == ""
    assert essays["李强"].unit == "禾川县公安局梅岭派出所" and essays["张敏"].unit == "柳沟区司法局"


surnames, given_names = st.sampled_from("王李张刘陈"), st.text(st.sampled_from("伟芳民强敏"), min_size=1, max_size=2)
people = st.lists(st.builds(str.__add__, surnames, given_names), min_size=1, max_size=6, unique=True)


@given(people, st.data())
def test_a_name_is_found_in_a_file_name_and_no_shorter_one_within_it(names, data):
    name = data.draw(st.sampled_from(names))
    form = data.draw(st.sampled_from(["{}", "梅岭派出所-{}", "{}-梅岭派出所", "{}心得体会", "01.{}", "梅岭所{}学习心得", "心得体会（{}）", "{}同志的体会"]))
    assert names_in(form.format(name), names) == [name]


@settings(max_examples=20, deadline=None)
@given(st.dictionaries(st.text(st.sampled_from("王芳李强心得_- 1"), min_size=1, max_size=8).map(str.strip).filter(bool),
                       st.sampled_from([BODY.encode(), OTHER.encode("gbk"), b"", b"\xff\xfe\xff", docx()[:900]]), min_size=1, max_size=6))
def test_whatever_comes_in_is_counted(tmp_path_factory, files):
    folder = write(tmp_path_factory.mktemp("收"), {f"{name}.txt": data for name, data in files.items()} | {"确有一篇.txt": THIRD.encode()})
    counted(read_batch(folder), len(files) + 1 - ("确有一篇" in files))


# ------------------------------------------------------------------ nothing to analyze

@pytest.mark.parametrize(("members", "words"), [
    ({}, ["收.zip", "没有文件"]),
    ({"__MACOSX/._a": b"x"}, ["收.zip", "没有文件"]),
    ({"甲.docx": docx()[:900], "乙.pdf": (DATA / "scanned.pdf").read_bytes()}, ["收.zip", "甲.docx", "损坏", "乙.pdf", "扫描件"]),
    ({"名单.xlsx": ROSTER}, ["是名单", "没有正文"]),
])
def test_a_zip_with_nothing_readable(tmp_path, members, words):
    (tmp_path / "收.zip").write_bytes(zipped(members))
    with pytest.raises(IngestError) as error:
        read_batch(tmp_path / "收.zip")
    assert all(word in str(error.value) for word in words)


def test_nothing_at_all(tmp_path):
    write(tmp_path, {"坏.zip": b"PK\x03\x04" + bytes(30), "空.jsonl": b"", "a.txt": BODY.encode(), "无名.xlsx": xlsx(["甲", "乙"], [1, 2]),
                     "表头.xlsx": xlsx(["姓名", "单位"]), "旧.xls": (DATA / "essay.doc").read_bytes(), "不是表.docx": docx()})
    (tmp_path / "空夹").mkdir()
    for path, words in (("没有.zip", "找不到"), ("坏.zip", "压缩包损坏"), ("空.jsonl", "没有一篇"), ("空夹", "没有一篇")):
        with pytest.raises(IngestError, match=words) as error:
            read_batch(tmp_path / path)
        assert path in str(error.value)
    for roster, words in (("没有.xlsx", "找不到名单"), ("无名.xlsx", "没有找到“姓名”.*列名"), ("表头.xlsx", "没有一个人名"), ("旧.xls", "另存为 xlsx"), ("不是表.docx", "不是表格")):
        with pytest.raises(IngestError, match=words) as error:
            read_batch(tmp_path / "a.txt", roster=tmp_path / roster)
        assert roster in str(error.value)
    with pytest.raises(IngestError):
        read_batch([])


# ------------------------------------------------------------------ official documents and 范文

def test_documents_from_jsonl_files_and_folders(tmp_path):
    write(tmp_path, {"a.jsonl": jsonl({"id": "OF1", "title": "讲话", "text": TEXT}), "空.jsonl": b"", "d/讲话.docx": docx(f"在动员会上的讲话\n{BODY}"), "e/讲话.docx": docx(OTHER)})
    first, = read_documents(tmp_path / "a.jsonl")
    assert (first.id, first.title, first.text, first.tier) == ("OF1", "讲话", TEXT, "")
    assert read_documents(tmp_path / "空.jsonl") == []
    both = read_documents([tmp_path / "d" / "讲话.docx", tmp_path / "e" / "讲话.docx"])
    assert [d.title for d in both] == ["在动员会上的讲话", "讲话"] and len({d.id for d in both}) == 2


def test_a_document_that_cannot_be_read_is_not_passed_over(tmp_path):
    write(tmp_path, {"好.txt": TEXT.encode(), "坏.docx": docx()[:900]})
    with pytest.raises(IngestError, match="坏.docx.*损坏"):
        read_documents(tmp_path)
    problems = []
    assert len(read_documents(tmp_path, on_problem=problems.append)) == 1
    assert [problem.file for problem in problems] == ["坏.docx"]


def test_file_names_that_would_keep_a_careless_pattern_busy_for_ever(tmp_path):
    write(tmp_path, {f"{'1' * 60}甲.txt": BODY.encode(), f"{'一' * 60}乙.txt": OTHER.encode(), f"{'心得' * 25}之.txt": THIRD.encode()})
    counted(read_batch(tmp_path), 3)
