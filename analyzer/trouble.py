"""What a computer runs out of, said so that an organizer knows what to do: memory, disk, a file that somebody else holds."""

from __future__ import annotations

import errno

NO_MEMORY = (
    "内存不够。请关掉别的程序后重试；仍不够时把这一批分成几批分析，或换一台内存大些的电脑（一万篇约需 4 GB）。"
    "已经编码的句子留着，再次运行时不必重算。"
)
LEAST = 1 << 30
"""Bytes of addresses below which libraries end the process or wait for ever while they are loaded, without a word."""

_NO_ROOM = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_BUSY = {errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY}
_UNLOADED = ("cannot allocate memory", "failed to map segment", "paging file is too small", "页面文件太小")
"""What the loader of a library says where there is too little memory for it (Linux, Windows)."""


def told(error: BaseException) -> str:
    """One or two sentences in Chinese; empty where it is none of these, but a fault of the program."""
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return f"磁盘满了，{_named(error)}没有写成，原有的结果没有改动。请清理磁盘后重新运行；已经编码的句子留着，不必重算。"
    if isinstance(error, OSError) and error.errno in _BUSY and error.filename:
        return f"{_named(error)}写不进去或读不了：可能正被 Excel、WPS 打开，或没有权限。请关闭它，或用 --out 换一个文件夹。"
    if isinstance(error, MemoryError) or isinstance(error, OSError) and error.errno == errno.ENOMEM or _not_loaded(error):
        return NO_MEMORY
    return ""


def need_memory() -> None:
    """Raises MemoryError where the process was given fewer addresses (``ulimit -v``) than LEAST."""
    limit = address_limit()
    if limit is not None and limit < LEAST:
        raise MemoryError


def address_limit() -> int | None:
    """Bytes of addresses that this process may have, where the system sets a limit."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return None if limit == resource.RLIM_INFINITY else limit


def _named(error: OSError) -> str:
    return f"“{error.filename}”" if error.filename else "结果"


def _not_loaded(error: BaseException | None) -> bool:
    """A library that did not get the memory to be loaded: the reason stands somewhere in the chain."""
    while error is not None:
        if isinstance(error, (ImportError, OSError)) and any(sign in str(error).lower() for sign in _UNLOADED):
            return True
        error = error.__cause__ or error.__context__
    return False
