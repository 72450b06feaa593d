"""Charts on the page, each worked out once for all who look at the same state of a report."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    import altair as alt


def show(report: str, name: str, chart: Callable[[], alt.LayerChart]) -> None:
    """``report`` names a state of a report (``Loaded.key``), ``name`` the chart among all of it: its kind, and after a dash which one."""
    specification = _specification(report, name, chart)
    st.vega_lite_chart(spec=specification, width="content", theme=None, key=f"chart-{name.partition('-')[0]}")


@st.cache_data(show_spinner=False, max_entries=256)
def _specification(report: str, name: str, _chart: Callable[[], alt.LayerChart]) -> dict:
    """Kept, since Altair holds every part of it against its schema: half a second of CPU for the charts of 层级对比."""
    return _chart().to_dict()
