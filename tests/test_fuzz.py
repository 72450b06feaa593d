"""Each fuzz target for a moment, on mutations of valid files and on text made of what the rules look for; see fuzz/."""

import random
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "fuzz"))

from run import mutated
from targets import TARGETS

CHARACTERS = "的我王芳李强城东派出所局“”。！？…，：\n\r\t \u3000\0\u200b\u202e\ufeff\ud7ff\U0001f600\U00020000a1（）《》一、XX①㎡"
SLOW = {"pdf", "xlsx", "xlsx_xml", "align", "report", "docx_xml"}


@pytest.mark.parametrize("name", TARGETS)
def test_valid_files(name):
    target, seeds = TARGETS[name]
    for seed in seeds():
        target(seed)


@pytest.mark.parametrize("name", TARGETS)
def test_mutations_of_valid_files(name):
    target, seeds = TARGETS[name]
    pool = seeds()

    @settings(max_examples=10 if name in SLOW else 40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, 2**32))
    def check(number):
        chance = random.Random(number)
        target(mutated(chance.choice(pool), chance, chance.choice(pool)))

    check()


@pytest.mark.parametrize("name", ["txt", "csv", "heading", "names", "segment", "align"])
def test_text_of_what_the_rules_look_for(name):
    target, _ = TARGETS[name]

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.text(CHARACTERS, max_size=60) | st.text(max_size=20), max_size=6))
    def check(parts):
        target("".join(parts).encode("utf-8", "replace"))

    check()


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"schema": 2}', b"\xff", b"[" * 100_000, b'{"schema": 1, "essays": 3}'])
def test_a_report_that_is_none(data):
    TARGETS["report"][0](data)
