"""严格把关: what a reader before hand-in would have caught. Placeholders, footers, other units' names, years, length."""

from analyzer.gatekeeping.finding import KINDS, Finding
from analyzer.gatekeeping.lapses import find_lapses
from analyzer.gatekeeping.traces import TRACES, Trace, find_traces

__all__ = ["KINDS", "TRACES", "Finding", "Trace", "find_lapses", "find_traces"]
