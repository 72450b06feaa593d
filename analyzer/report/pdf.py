"""A document as PDF, where LibreOffice is installed (WPS and Word save as PDF by themselves)."""

from __future__ import annotations

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
