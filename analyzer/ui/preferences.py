"""What an organizer set once for all later analyses: the encoder, from which degree an essay is listed, the calibrated levels."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from analyzer.copying.suspicion import SUSPECTED
from analyzer.store import Store
from analyzer.text.encode import DEFAULT_ENCODER

if TYPE_CHECKING:
    from analyzer.reflection.calibrate import Calibration


def encoder(store: Store) -> str:
    return store.setting("encoder", DEFAULT_ENCODER)


def set_encoder(store: Store, name: str) -> None:
    store.set_setting("encoder", name.strip() or DEFAULT_ENCODER)


def suspected(store: Store) -> float:
    """Degree (0 to 1) from which an essay is listed."""
    return float(store.setting("suspected") or SUSPECTED)


def set_suspected(store: Store, degree: float) -> None:
    store.set_setting("suspected", str(degree))


def calibration(store: Store) -> Calibration | None:
    """The calibrated levels in use; None for the model's own. Raises ValueError where what is kept cannot be read."""
    from analyzer.reflection.calibrate import Calibration

    kept = store.setting("calibration")
    return Calibration.from_dict(json.loads(kept)) if kept else None


def set_calibration(store: Store, found: Calibration | None) -> None:
    store.set_setting("calibration", json.dumps(found.to_dict(), ensure_ascii=False) if found else "")
