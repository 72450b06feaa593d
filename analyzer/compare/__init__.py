"""Statistics over tiers, units and batches that never say more than the figures do.

``compare(table)`` is the way in; ``Comparison`` is what comes out. Everything else is how.
"""

from analyzer.compare.batches import Change, changes
from analyzer.compare.comparison import REST, Comparison, Difference, Group, Trend
from analyzer.compare.conclusion import conclude
from analyzer.compare.responsibility import closing_rates, sign_offs
from analyzer.compare.suppression import suppress_small
from analyzer.compare.tables import compare

__all__ = [
    "REST",
    "Change",
    "Comparison",
    "Difference",
    "Group",
    "Trend",
    "changes",
    "closing_rates",
    "compare",
    "conclude",
    "sign_offs",
    "suppress_small",
]
