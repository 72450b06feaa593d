import pytest

from analyzer.ingest import IngestError
from analyzer.ingest.tiers import load_tiers

RULES = load_tiers()


@pytest.mark.parametrize(("post", "unit", "tier"), [
    ("党委书记", "", "leadership"), ("党组成员、副局长", "禾川县公安局", "leadership"), ("副检察长", "", "leadership"), ("院长", "", "leadership"),
    ("党组成员、办公室主任", "", "leadership"), ("政委", "禾川县公安局", "leadership"), ("派驻纪检监察组组长", "", "leadership"),
    ("常务副书记", "中共禾川县委政法委员会", "leadership"), ("副镇长", "", "leadership"), ("局长（兼）", "", "leadership"),
    ("科长", "", "middle"), ("副科长", "", "middle"), ("庭长", "", "middle"), ("所长", "", "middle"), ("副所长", "", "middle"), ("教导员", "", "middle"),
    ("大队长", "", "middle"), ("办公室主任", "", "middle"), ("政治处副主任", "", "middle"), ("政治部副主任", "", "middle"), ("股长", "", "middle"),
    ("党支部书记、所长", "", "middle"), ("村党支部书记", "", "middle"), ("村委会主任", "", "middle"), ("支队政委", "", "middle"),
    # the unit decides
    ("局长", "柳沟区人民法院执行局", "middle"), ("副局长", "柳沟区人民法院执行局", "middle"), ("政委", "临澄市公安局法制支队", "middle"),
    ("书记", "黄泥乡大湾村", "middle"), ("局长", "柳沟区司法局", "leadership"),
    ("民警", "", "frontline"), ("书记员", "", "frontline"), ("科员", "", "frontline"), ("辅警", "", "frontline"), ("法官助理", "", "frontline"),
    ("综合内勤民警", "", "frontline"), ("网格员", "", "frontline"), ("焊工", "", "frontline"), ("村委会委员、文书", "", "frontline"),
    # a rank is no post
    ("二级主任科员", "", ""), ("四级调研员", "", ""), ("三级高级警长", "", ""), ("四级高级法官", "", ""), ("正科级干部", "", ""), ("副主任科员", "", ""),
    ("副科长、二级主任科员", "", "middle"), ("二级法官助理", "", "frontline"), ("一级科员", "", "frontline"),
    ("", "", ""), ("顾问", "", ""),
])
def test_posts(post, unit, tier):
    assert RULES.tier_of(post=post, unit=unit) == tier


@pytest.mark.parametrize(("value", "tier"), [
    ("leadership", "leadership"), ("Middle", "middle"), ("frontline", "frontline"), ("院局领导", "leadership"), ("中层干部（正职）", "middle"),
    ("基层 一线", "frontline"), ("群众", ""), ("非领导职务", ""),
])
def test_words(value, tier):
    assert RULES.tier_of(value) == tier


def test_the_roster_counts_before_the_folder_and_the_folder_before_the_post():
    assert RULES.tier_of("基层", ("院局领导",), "局长") == "frontline"
    assert RULES.tier_of("", ("院局领导",), "民警") == "leadership"
    assert RULES.tier_of("不详", ("柳沟区", "02 中层干部心得体会（5篇）"), "民警") == "middle"
    assert RULES.tier_of("", ("基层治理办", "领导小组办公室"), "科长") == "middle"


def test_own_table_on_top_of_the_shipped_one(tmp_path):
    path = tmp_path / "tiers.toml"
    path.write_text('[posts]\nleadership = ["所长"]\nfrontline = ["顾问"]\n[words]\nmiddle = ["骨干"]\n', encoding="utf-8")
    own = load_tiers(path)
    assert own.tier_of(post="副所长") == "leadership" and own.tier_of(post="顾问") == "frontline"
    assert own.tier_of("骨干") == "middle" and own.tier_of(post="科长") == "middle"


@pytest.mark.parametrize(("content", "message"), [("[posts]\nboss = ['科长']", "不认识的层级“boss”"), ("[posts", "格式不对")])
def test_a_table_that_cannot_be_used(tmp_path, content, message):
    path = tmp_path / "t.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(IngestError, match=message):
        load_tiers(path)
    with pytest.raises(IngestError, match="找不到层级判定表"):
        load_tiers(tmp_path / "none.toml")
