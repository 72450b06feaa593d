"""Which runs of a .docx a reader does not see: hidden, white on white, or too small to read."""

from __future__ import annotations

from dataclasses import dataclass

TINY = 4
"""Half points: text of two points is a line of dots."""

WHITE = 0xF8
"""Each of red, green and blue at least this: not to be told from paper."""

_OFF = ("0", "false", "off")
_PAPER = ("background1", "light1")


@dataclass(frozen=True)
class _Look:
    """What run properties say; None where they say nothing."""

    vanish: bool | None = None
    white: bool | None = None
    tiny: bool | None = None
    shaded: bool | None = None

    def over(self, other: _Look) -> _Look:
        """This look where it says something, the other where it does not."""
        return _Look(*(mine if mine is not None else theirs for mine, theirs in zip(_values(self), _values(other))))


def _values(look: _Look) -> tuple:
    return look.vanish, look.white, look.tiny, look.shaded


class Visibility:
    """Answers for one document, and gathers what it found hidden.

    White text inside tables and text boxes passes as seen: their styles and fills may be dark. ``only_marked``: only
    runs that are marked hidden count, neither colour nor size.
    """

    def __init__(self, document, styles, only_marked: bool = False) -> None:
        self.hidden = ""
        """Text of the hidden runs, in order, without surrounding space."""
        self._only_marked = only_marked
        self._styles = {_attribute(style, "styleId"): style for style in styles if local_name(style) == "style"} if styles is not None else {}
        self._known: dict[str, _Look] = {}
        defaults = None if styles is None else _child(_child(_child(styles, "docDefaults"), "rPrDefault"), "rPr")
        self._default = _look(defaults)
        self._plain = next(
            (id for id, style in self._styles.items()
             if _attribute(style, "type") == "paragraph" and _attribute(style, "default") not in ("", *_OFF)), "")
        background = _child(document, "background")
        self._dark_page = background is not None and _attribute(background, "color").upper() not in ("", "FFFFFF", "AUTO")

    def is_hidden(self, run) -> bool:
        """Whether a reader does not see this run; its text is kept in ``hidden``."""
        if not self._hides(run):
            return False
        self.hidden = (self.hidden + "".join(t.text or "" for t in run.iter() if local_name(t) == "t")).strip()
        return True

    def _hides(self, run) -> bool:
        properties = _child(run, "rPr")
        paragraph = next((p for p in run.iterancestors() if local_name(p) == "p"), None)
        of_paragraph = _child(paragraph, "pPr")
        look = (
            _look(properties)
            .over(self._style(_attribute(_child(properties, "rStyle"), "val")))
            .over(self._style(_attribute(_child(of_paragraph, "pStyle"), "val") or self._plain))
            .over(self._default)
        )
        if look.vanish or self._only_marked:
            return bool(look.vanish)
        if look.tiny:
            return True
        if not look.white or look.shaded or self._dark_page or _is_shaded(_child(of_paragraph, "shd")):
            return False
        return not any(local_name(element) in ("tbl", "txbxContent") for element in run.iterancestors())

    def _style(self, id: str) -> _Look:
        if id not in self._known:
            self._known[id] = _Look()  # a style based on itself ends here
            style = self._styles.get(id)
            if style is not None:
                look = _look(_child(style, "rPr"))
                if _is_shaded(_child(_child(style, "pPr"), "shd")):
                    look = _Look(shaded=True).over(look)
                self._known[id] = look.over(self._style(_attribute(_child(style, "basedOn"), "val")))
        return self._known[id]


def _look(properties) -> _Look:
    if properties is None:
        return _Look()
    vanish, colour, size = (_child(properties, name) for name in ("vanish", "color", "sz"))
    shaded = _is_shaded(_child(properties, "shd")) or _attribute(_child(properties, "highlight"), "val") not in ("", "none", "white")
    points = _attribute(size, "val")
    return _Look(
        None if vanish is None else _attribute(vanish, "val") not in _OFF,
        None if colour is None else _is_white(colour),
        int(points) <= TINY if points.isdigit() else None,
        shaded or None,
    )


def _is_white(colour) -> bool:
    theme, value = _attribute(colour, "themeColor"), _attribute(colour, "val")
    if theme:
        return theme in _PAPER and not _attribute(colour, "themeShade")
    try:
        return len(value) == 6 and min(bytes.fromhex(value)) >= WHITE
    except ValueError:  # "auto" and names that no standard knows
        return False


def _is_shaded(shading) -> bool:
    return shading is not None and (
        _attribute(shading, "fill").upper() not in ("", "AUTO", "FFFFFF") or bool(_attribute(shading, "themeFill")))


def local_name(element) -> str:
    """Tag without its namespace; comments and processing instructions have none."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _child(element, name: str):
    return None if element is None else next((child for child in element if local_name(child) == name), None)


def _attribute(element, name: str) -> str:
    """Value of an attribute, whatever its namespace; empty where it or the element is missing."""
    if element is None:
        return ""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")
