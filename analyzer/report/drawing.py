"""Charts to pictures, on this machine (vl-convert), and not at the cost of a whole analysis where memory is short."""

from __future__ import annotations

import json
import re
import subprocess
import sys

from analyzer.trouble import address_limit


class ChartError(RuntimeError):
    """The chart could not be drawn; the message says why, in Chinese."""


def to_png(chart, scale: float = 2.0) -> bytes:
    """The chart as a picture, rendered on this machine (vl-convert); ``scale`` 2 is right for screens and print.

    Raises ChartError where the memory given to this process does not do.
    """
    return _draw("vegalite_to_png", chart, scale=scale)


def to_svg(chart) -> str:
    """The same, as a drawing."""
    return _draw("vegalite_to_svg", chart)


def _draw(how: str, chart, **options: float):
    import vl_convert

    specification = _specification(chart)
    if address_limit() is None:
        return getattr(vl_convert, how)(specification, **options)
    # the engine inside ends the whole process where it does not get the addresses that it wants: let that be another one
    drawn = subprocess.run(
        [sys.executable, "-c", _APART, how, json.dumps(options)], input=specification.encode("utf-8", "replace"),
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )
    if drawn.returncode:
        raise ChartError("内存受到限制，图没有画出来")
    return drawn.stdout if how.endswith("png") else drawn.stdout.decode("utf-8")


_APART = """
import json, sys, vl_convert
drawn = getattr(vl_convert, sys.argv[1])(sys.stdin.buffer.read().decode("utf-8"), **json.loads(sys.argv[2]))
sys.stdout.buffer.write(drawn if isinstance(drawn, bytes) else drawn.encode("utf-8"))
"""


def _specification(chart) -> str:
    """Not checked against Vega-Lite's schema, which takes as long as drawing: the charts are ours, and tests check them."""
    return _as_xml_takes_it(chart.to_json(validate=False))


def _as_xml_takes_it(specification: str) -> str:
    """A unit's or an essay's name may hold characters that no XML, so no SVG, can (XML 1.0, 2.2); they become U+FFFD."""
    return _NOT_IN_XML.sub(lambda match: match[1] or r"\ufffd", specification)


_NOT_IN_XML = re.compile(r"(\\\\)|\\[bf]|\\u(?:00[01][0-9a-f]|fff[ef])")
"""In JSON, where a pair of backslashes is one character and what follows it no escape."""
