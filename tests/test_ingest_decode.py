import codecs

import pytest
from hypothesis import given, strategies as st

from analyzer.ingest.decode import decode_text, without_surrogates
from analyzer.ingest.errors import Unreadable
from ingest_files import TEXT

any_text = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"))
prose = st.lists(st.sampled_from(TEXT.split("，")), min_size=3, max_size=30).map("，".join)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_essay_in_every_encoding_that_text_editors_write(encoding):
    assert decode_text(TEXT.encode(encoding)) == TEXT


@given(any_text)
def test_utf8_comes_back_whatever_it_holds(text):
    if not text.startswith("\ufeff"):
        assert decode_text(text.encode("utf-8")) == text
    assert decode_text(codecs.BOM_UTF8 + text.encode("utf-8")) == text


@given(any_text)
def test_utf16_with_its_mark_comes_back_whatever_it_holds(text):
    assert decode_text(codecs.BOM_UTF16_LE + text.encode("utf-16-le")) == text


@given(prose)
def test_prose_in_gb18030_and_in_utf16_without_mark(text):
    assert decode_text(text.encode("gb18030")) == text
    assert decode_text(text.encode("utf-16-le")) == text


@given(st.binary(max_size=400))
def test_any_bytes_give_text_or_a_reason(data):
    try:
        assert isinstance(decode_text(data), str)
    except Unreadable as reason:
        assert "编码" in str(reason)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_file_cut_off_within_a_character_loses_only_that(encoding):
    whole = TEXT.encode(encoding)
    cut = decode_text(whole[:-1])
    assert cut.rstrip("\ufffd") == TEXT[:-1]


def test_line_ends_stay():
    assert decode_text("一\r\n二\n".encode()) == "一\r\n二\n"


@given(st.text(st.characters()))
def test_text_without_surrogates_can_be_written_and_keeps_its_length(text):
    repaired = without_surrogates(text)
    repaired.encode("utf-8")
    pairs = len(text.encode("utf-16-le", "surrogatepass")) - len(repaired.encode("utf-16-le"))
    assert pairs == 0


def test_two_halves_make_one_character_and_a_lone_half_is_marked():
    assert without_surrogates("好\ud83d\ude00") == "好😀"
    assert without_surrogates("好\ud83d") == "好\ufffd"
