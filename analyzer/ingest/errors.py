"""What can be wrong with what was handed in, and what the organizer can do about it: every Chinese reason in one table."""

from __future__ import annotations


class IngestError(ValueError):
    """Nothing can be analyzed; the message says in Chinese what is wrong, with which file, and what to do."""


class Unreadable(Exception):
    """One file gives no text; ``str(error)`` is the reason in Chinese, ``key`` its key in REASONS. The rest of the batch goes on."""

    def __init__(self, reason: str, key: str = "") -> None:
        super().__init__(reason)
        self.key = key


REASONS = {
    "empty": "没有文字：文件是空的或只有空行，请核对后重新提交",
    "empty_file": "文件是空的（0 字节），多半是传输中断：请重新提交",
    "empty_row": "正文为空：请在名单的正文一栏补上内容，或另交文件",
    "pictures": "只有图片没有文字：请提交可复制文字的原稿，或先用文字识别（OCR）转换",
    "scanned": "扫描件，没有可复制的文字：请提交 Word 原稿，或先用文字识别（OCR）转换",
    "image": "这是图片：请提交 Word 原稿，或先用文字识别（OCR）转换成文字",
    "garbled_pdf": "PDF 的文字无法还原（字体没有编码表）：请提交 Word 原稿",
    "encrypted": "文件有密码：请去掉密码后重新提交",
    "encrypted_zip": "压缩包有密码，里面的文件打不开：请去掉密码后重新压缩",
    "corrupt": "文件损坏，打不开：请用 Word 或 WPS 打开原稿，另存后重新提交",
    "corrupt_zip": "压缩包损坏，打不开：请重新压缩后提交",
    "empty_zip": "压缩包里没有文件：请核对后重新压缩",
    "zip_method": "压缩包用了不常见的压缩方法：请用系统自带的“压缩为 zip”重新压缩",
    "nested": "压缩包套了太多层：请先解压，再把里面的文件直接放进来",
    "archive": "这种压缩包读不了：请解压后放进文件夹，或改存为 zip",
    "bomb": "压缩比异常，可能是压缩炸弹，没有解压：请核对来源",
    "large": "文件过大：一篇心得体会不应有这么大，请压缩图片或只留文字后重新提交；是表格的，请分成几个文件",
    "long": "文字过长，超过一篇心得体会的范围：请拆成单篇提交",
    "many_in_zip": "压缩包里的文件过多或解压后过大，没有解压：请核对来源，或分成几个压缩包提交",
    "parts": "文档内部的部件过多，不是正常的文档：请用 Word 或 WPS 打开原稿，另存后重新提交",
    "entities": "文档里有正常文档不会有的实体定义（XML 炸弹或外部引用），没有读取：请核对来源，用 Word 或 WPS 另存后重新提交",
    "pages": "页数过多，超过一篇心得体会的范围：请拆成单篇提交",
    "timeout": "读取超时，已跳过：文件可能损坏或过于复杂，请用 Word 或 WPS 另存为 docx 后重新提交",
    "memory": "读取时占用内存过多，已跳过：文件可能损坏或过于复杂，请用 Word 或 WPS 另存为 docx 后重新提交",
    "crash": "读取程序被这个文件弄崩，已跳过：文件可能损坏或是有意构造的，请用 Word 或 WPS 另存为 docx 后重新提交",
    "link": "这是快捷方式（符号链接），不是文件本身：请提交文件本身",
    "special": "不是普通文件（管道、设备等），没有读取：请提交文件本身",
    "rows": "表格行数过多，这一行以后的没有读：请分成几个表格提交",
    "unknown": "认不出的格式：请另存为 docx、doc、wps、pdf、rtf、odt 或 txt",
    "slides": "这是幻灯片：请把正文另存为 docx 或 txt",
    "web": "这是网页文件：请用浏览器或 Word 打开，另存为 docx 或 txt",
    "works": "不是 Word 兼容的格式（可能是旧版 WPS、Microsoft Works 或 Word 95）：请用 WPS 打开，另存为 docx",
    "encoding": "文字编码认不出来：请用记事本打开，另存为 UTF-8 编码",
    "old_sheet": "旧式的或有密码的表格（xls、et）读不了：请去掉密码，另存为 xlsx",
    "not_roster": "是表格，但没有“姓名”“文件名”或“正文”列，既不是名单也不是心得体会：可以忽略，或改列名后重试",
    "roster_unused": "看起来是名单，但已另行指定了名单，没有使用",
    "many_rosters": "不止一份表格像名单，不知道该用哪一份：请只留一份，或明确指定名单",
    "bad_json": "这一行不是有效的 JSON：请改正后重试",
}


def unreadable(reason: str) -> Unreadable:
    """The error for one of REASONS."""
    return Unreadable(REASONS[reason], reason)
