"""Every Chinese word for a value that the organizer sees, in one place."""

TIER = {"leadership": "领导班子", "middle": "中层干部", "frontline": "基层一线", "": "层级待补"}

VERDICT = {"copied": "疑似雷同", "templated": "疑似套用模板", "clear": "未见异常"}

MATCH_KIND = {"verbatim": "逐字", "edited": "改词", "paraphrase": "改写", "quote": "引用文件"}

SHARED_SOURCE = "可能同引一份文件"
"""A quote whose source was not given: two essays hold the same passage that reads like a document."""

MATCH_WHERE = {"batch": "本批", "history": "往批", "own": "本人往批", "library": "范文库", "official": "官方文件"}

SENTENCE = {
    "slogan": "套话口号",
    "restate": "复述文件",
    "experience": "亲身经历",
    "feeling": "感受",
    "shortcoming": "检视问题",
    "cause": "原因剖析",
    "insight": "新的认识",
    "plan": "具体措施",
    "pledge": "空泛表态",
    "fact": "其他陈述",
}

ASPECT = {"experience": "亲身经历", "shortcoming": "自身问题", "cause": "原因剖析", "insight": "认识变化", "plan": "具体措施"}

LEVEL = {1: "一级 套话", 2: "二级 理解", 3: "三级 反思", 4: "四级 深思", None: "文字过少，不评"}

FINDING = {
    "placeholder": "未改占位",
    "footer": "网页尾注",
    "other_name": "别的单位或姓名",
    "wrong_date": "年份不符",
    "generator": "生成提示语",
    "garbled": "乱码",
    "too_short": "篇幅过短",
    "unfinished": "未写完",
    "off_topic": "题目不符",
    "invisible": "隐形字符",
    "lookalike": "形近字符",
    "traditional": "夹用繁体",
    "strewn": "字间插字",
    "spaced": "字间加空",
    "broken": "句中断行",
    "hidden": "隐藏文字",
}

TRACE = {"sessions": "编辑记录相同", "origin": "同一文件改成", "person": "属性里另有其人", "quick": "编辑时间很短"}
"""文档痕迹: to be weighed, never a verdict."""

PLANTED = {"verbatim": "逐字照抄", "names": "改姓名数字", "light": "换词删句", "reordered": "打乱次序", "merged": "两篇拼接"}
"""How ``xinde selfcheck`` copies."""

QUESTION = {"originality": "亲自动手", "reflection": "认真思考", "gatekeeping": "严格把关"}

MEASURE = {
    "depth": "思考深度",
    "level": "深度等级",
    "own": "自己的话占比",
    "suspected": "疑似雷同比例",
    "templated": "模板相似比例",
    "findings": "把关问题比例",
}

PATTERN = {"verbatim": "逐字雷同", "edited": "改词雷同", "paraphrase": "改写雷同", "several": "与多篇相似", "template": "套用模板",
           "slots": "只改姓名数字", "repeated": "自我重复"}
"""What kind of likeness a suspect shows; says nothing about who took from whom."""

STATE = {
    "pending": "待核实",
    "talked": "已谈话",
    "checked": "已核实",
    "confirmed": "属实",
    "unfounded": "不属实",
    "quotation": "属引用",
}
"""What came of a suspect (复核)."""

CLOSED = ("confirmed", "unfounded", "quotation")
"""The states that count as 查结."""

REVIEW = {"state": "核实状态", "responsible": "责任人", "conclusion": "核实结论", "measures": "整改措施", "due": "完成时限", "note": "备注"}

ROLE = {"organizer": "组织者", "reviewer": "复核员", "reader": "只读"}
"""What somebody who logs in may do (store/access.py)."""
