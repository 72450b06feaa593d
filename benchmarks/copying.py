"""How much of what was copied is found: ``python -m benchmarks.copying [--unseen | --shipped] [--second]``.

Each campaign that models are fitted on is searched with models fitted on all the others (about a minute a campaign); with ``--unseen``
those that none is fitted on by the models of the package; with ``--shipped`` the first by these: quick, and too kind by what they
remember. ``--second``: with e5 asked besides.
"""

from __future__ import annotations

import sys

import numpy as np

from analyzer.copying import find_matches, load_models
from analyzer.evaluation.passages import score_matches
from analyzer.text.encode import load_encoder
from models.copying.train import UNSEEN, fitted_campaigns, left_out, prepare_campaign, second_encoder
from models.corpora import load_campaigns

EDITS = ("verbatim", "names", "light", "heavy", "summary")


def main() -> None:
    unseen = "--unseen" in sys.argv
    campaigns = [c for c in load_campaigns() if c.name in UNSEEN] if unseen else fitted_campaigns()
    prepared, second = [prepare_campaign(campaign) for campaign in campaigns], second_encoder()
    shipped = unseen or "--shipped" in sys.argv
    models = [load_models(load_encoder(), second)] * len(prepared) if shipped else left_out(prepared, second)
    print(f"{'campaign':14}{'precision':>10}{'recall':>8}" + "".join(f"{edit:>10}" for edit in EDITS) + f"{'granularity':>13}{'plagdet':>9}")
    rows = []
    for p, m in zip(prepared, models):
        s = score_matches(p.campaign, find_matches(p.documents, p.vectors, m))
        rows.append([s["precision"]["all"], s["recall"]["all"], *(s["recall"].get(e, np.nan) for e in EDITS), s["granularity"], s["plagdet"]])
        _print(p.campaign.name, rows[-1])
    _print("mean", np.nanmean(rows, axis=0))


def _print(name: str, row) -> None:
    print(f"{name:14}{row[0]:10.3f}{row[1]:8.3f}" + "".join(f"{x:10.3f}" for x in row[2:7]) + f"{row[7]:13.2f}{row[8]:9.3f}")


if __name__ == "__main__":
    main()
