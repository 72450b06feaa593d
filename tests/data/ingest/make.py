"""Make the fixtures that only an office program can make. Needs LibreOffice with its Python bridge (python3-uno) and pdftoppm:

    python3 tests/data/ingest/make.py

Everything comes from one text, so that every reader's result can be compared with it (tests/test_ingest_documents.py).
"""

import base64
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import uno
from com.sun.star.beans import NamedValue, PropertyValue
from com.sun.star.connection import NoConnectException

HERE = Path(__file__).parent
FILTERS = {
    "doc": "MS Word 97", "docx": "MS Word 2007 XML", "odt": "writer8", "rtf": "Rich Text Format", "pdf": "writer_pdf_Export",
}
LINES = (HERE / "essay.txt").read_text(encoding="utf-8").splitlines()
FODT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.3"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
 xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"
 office:mimetype="application/vnd.oasis.opendocument.text">
<office:meta><meta:initial-creator>王建国</meta:initial-creator><dc:creator>李文书</dc:creator>
<meta:creation-date>2021-03-05T09:00:00</meta:creation-date><dc:date>2021-03-06T10:30:00</dc:date>
<meta:editing-cycles>7</meta:editing-cycles><meta:editing-duration>PT1H35M10S</meta:editing-duration></office:meta>
<office:font-face-decls><style:font-face style:name="S" svg:font-family="'Noto Serif CJK SC'"/></office:font-face-decls>
<office:styles><style:style style:name="Standard" style:family="paragraph">
<style:text-properties style:font-name="S" style:font-name-asian="S" fo:font-size="12pt" style:font-size-asian="12pt"
 fo:language="zh" fo:country="CN" style:language-asian="zh" style:country-asian="CN"/></style:style></office:styles>
<office:automatic-styles>
<style:style style:name="C" style:family="paragraph" style:parent-style-name="Standard"><style:paragraph-properties fo:text-align="center"/></style:style>
<style:style style:name="B" style:family="paragraph" style:parent-style-name="Standard"><style:paragraph-properties fo:text-indent="24pt" fo:text-align="justify"/></style:style>
<style:page-layout style:name="L"><style:page-layout-properties fo:page-width="14.8cm" fo:page-height="10.5cm" fo:margin="1.5cm"/>
<style:footer-style/></style:page-layout>
</office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="L">
<style:header><text:p text:style-name="C">教育整顿学习材料</text:p></style:header>
<style:footer><text:p text:style-name="C">第 <text:page-number/> 页</text:p></style:footer></style:master-page></office:master-styles>
<office:body><office:text>%s</office:text></office:body></office:document>"""


SCAN = (
    '<text:p><draw:frame text:anchor-type="as-char" svg:width="11cm" svg:height="7cm"><draw:image>'
    "<office:binary-data>{}</office:binary-data></draw:image></draw:frame></text:p>"
)


def fodt(table: bool) -> str:
    title, signed, *body = LINES
    parts = [f'<text:p text:style-name="C">{title}</text:p>', f'<text:p text:style-name="C">{signed}</text:p>']
    parts += [f'<text:p text:style-name="B">{line}</text:p>' for line in body]
    if table:
        cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
        rows = (("措施", "时限"), ("逐件清理旧案", "三月底"))
        parts.append('<table:table><table:table-column table:number-columns-repeated="2"/>' + "".join(
            "<table:table-row>" + "".join(map(cell.format, row)) + "</table:table-row>" for row in rows) + "</table:table>")
        parts.append('<text:p><draw:frame text:anchor-type="paragraph" svg:width="6cm" svg:height="1cm"><draw:text-box>'
                     '<text:p>框里的话：说到做到。</text:p></draw:text-box></draw:frame></text:p>')
    return FODT % "".join(parts)


def option(name: str, value: object) -> PropertyValue:
    return PropertyValue(Name=name, Value=value)


def connect(port: int):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    for _ in range(60):
        try:
            context = resolver.resolve(f"uno:socket,host=127.0.0.1,port={port};urp;StarOffice.ComponentContext")
            return context.ServiceManager.createInstance("com.sun.star.frame.Desktop")
        except NoConnectException:
            time.sleep(0.5)
    raise SystemExit("LibreOffice does not answer")


def main() -> None:
    work = Path(tempfile.mkdtemp())
    office = subprocess.Popen([
        "soffice", "--headless", "--norestore", f"-env:UserInstallation={(work / 'profile').as_uri()}",
        "--accept=socket,host=127.0.0.1,port=2083;urp;",
    ])
    try:
        desktop = connect(2083)

        def store(source: str, target: Path, *options: PropertyValue) -> None:
            path = work / "source.fodt"
            path.write_text(source, encoding="utf-8")
            document = desktop.loadComponentFromURL(path.as_uri(), "_blank", 0, (option("Hidden", True),))
            document.storeToURL(target.as_uri(), (option("FilterName", FILTERS[target.suffix[1:]]), *options))
            document.close(True)

        for extension in ("doc", "odt", "rtf"):
            store(fodt(table=True), HERE / f"essay.{extension}")
        store(fodt(table=False), HERE / "essay.pdf")
        shutil.copy(HERE / "essay.doc", HERE / "essay.wps")
        for extension in ("doc", "odt"):
            store(fodt(table=False), HERE / f"password.{extension}", option("Password", "secret"))
        key = (NamedValue("CryptoType", "Standard"), NamedValue("OOXPassword", "secret"))
        store(fodt(table=False), HERE / "password.docx", option("EncryptionData", uno.Any("[]com.sun.star.beans.NamedValue", key)))
        locked = (option("EncryptFile", True), option("DocumentOpenPassword", "secret"))
        store(fodt(table=False), HERE / "password.pdf", option("FilterData", uno.Any("[]com.sun.star.beans.PropertyValue", locked)))

        subprocess.run(["pdftoppm", "-r", "60", "-gray", "-png", "-f", "1", "-l", "1", HERE / "essay.pdf", work / "page"], check=True)
        page = base64.b64encode(next(work.glob("page*.png")).read_bytes()).decode("ascii")
        store(FODT.replace("教育整顿学习材料", "").replace("第 <text:page-number/> 页", "") % SCAN.format(page), HERE / "scanned.pdf")
        desktop.terminate()
    finally:
        office.wait(timeout=30)
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
