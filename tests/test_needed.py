"""What a rule of gate-keeping cannot match without: leaving a search out must leave no finding out."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.gatekeeping.leftovers import RULES
from analyzer.gatekeeping.needed import needed


@pytest.mark.parametrize("pattern, flags, strings", [
    ("abc|xyz", 0, ("abc", "xyz")), ("[年月]底", 0, ("底",)), ("(?:甲乙)?丙丁", 0, ("丙丁",)), ("(?:甲|乙丙)+", 0, ("乙丙", "甲")),
    (r"\d+年", 0, ("年",)), ("甲?乙*", 0, ()), ("(?<=姓名)某", 0, ("姓名",)), ("(?!甲)[^乙]", 0, ()), ("VIP专享", re.IGNORECASE, ("专享",)),
    ("vip", re.IGNORECASE, ()),
])
def test_what_patterns_need(pattern, flags, strings):
    assert needed(re.compile(pattern, flags)) == strings


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.needed], ids=lambda rule: rule.pattern.pattern[:20])
def test_every_match_holds_what_its_rule_needs(rule):
    @settings(max_examples=8, deadline=None)
    @given(st.from_regex(rule.pattern))
    def holds(text):
        assert list(rule.matches(text)) and any(string in text for string in rule.needed)

    holds()
