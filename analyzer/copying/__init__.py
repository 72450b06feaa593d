"""亲自动手: which passages an essay shares with others, how much that tells, and what is everybody's to quote.

``quote_documents`` prepares and masks, ``find_matches`` finds passages, ``judge`` draws the conclusion for each essay.
"""

from analyzer.copying.finder import Models, find_matches, load_models, quote_documents
from analyzer.copying.logistic import load_logistic
from analyzer.copying.match import Match, Originality
from analyzer.copying.nobody_elses import own_earlier, shared_sources
from analyzer.copying.slots import only_slots
from analyzer.copying.suspicion import coverage, judge

__all__ = [
    "Match", "Models", "Originality", "coverage", "find_matches", "judge", "load_logistic", "load_models",
    "only_slots", "own_earlier", "quote_documents", "shared_sources",
]
