"""PDF of a document, where LibreOffice is installed (WPS and Word save as PDF by themselves), and of a page, by a browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

LIMIT = 120
"""Seconds; the first start of LibreOffice is slow."""


def converter() -> str | None:
    """Path of LibreOffice, or None where there is none."""
    usual = [Path("C:/Program Files/LibreOffice/program/soffice.exe")] if sys.platform == "win32" else []
    return shutil.which("soffice") or shutil.which("libreoffice") or next((str(path) for path in usual if path.exists()), None)


def to_pdf(document: Path) -> bytes:
    """Convert a docx or xlsx. Raises RuntimeError, in Chinese, where that is not possible."""
    program = converter()
    if program is None:
        raise RuntimeError("本机没有 LibreOffice，不能直接导出 PDF；请用 WPS 或 Word 打开后另存为 PDF。")
    with tempfile.TemporaryDirectory() as folder:
        profile = (Path(folder) / "profile").as_uri()  # of its own, so that an office that is open does not stand in the way
        try:
            subprocess.run(
                [program, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf", "--outdir", folder, str(document)],
                check=True, capture_output=True, timeout=LIMIT, stdin=subprocess.DEVNULL,
            )  # fmt: skip
            return (Path(folder) / document.with_suffix(".pdf").name).read_bytes()
        except (subprocess.SubprocessError, OSError) as error:
            raise RuntimeError("转换 PDF 没有成功；请用 WPS 或 Word 打开后另存为 PDF。") from error


BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "microsoft-edge", "msedge")
USUAL = (
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe", "C:/Program Files/Microsoft/Edge/Application/msedge.exe",
    "C:/Program Files/Google/Chrome/Application/chrome.exe", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)  # fmt: skip


SAFE = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'; img-src data:">'
"""Stands in the head of every page we write: nothing in it may run or reach for the net, wherever it is opened."""


def browser() -> str | None:
    """Path of a browser that can print without a window (every Windows has Edge), or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None) or next((path for path in USUAL if Path(path).exists()), None)


def page_to_pdf(html: str) -> bytes:
    """Print a self-contained page. Raises RuntimeError, in Chinese, where that is not possible."""
    program = browser()
    if program is None:
        raise RuntimeError("本机没有 Edge 或 Chrome，不能直接导出 PDF；请用浏览器打开网页文件，打印成 PDF。")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        page, out = Path(folder) / "page.html", Path(folder) / "page.pdf"
        page.write_text(html, encoding="utf-8")
        # a browser refuses to sandbox what the system's administrator runs; the pages we print forbid scripts (SAFE)
        rootless = ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
        try:
            subprocess.run(
                [program, "--headless", "--disable-gpu", *rootless, f"--user-data-dir={Path(folder) / 'profile'}", "--no-first-run",
                 "--disable-background-networking", "--no-pdf-header-footer",
                 f"--print-to-pdf={out}", page.as_uri()],
                check=True, capture_output=True, timeout=LIMIT, stdin=subprocess.DEVNULL,
            )  # fmt: skip
            return out.read_bytes()
        except (subprocess.SubprocessError, OSError) as error:
            raise RuntimeError("打印 PDF 没有成功；请用浏览器打开网页文件，打印成 PDF。") from error
