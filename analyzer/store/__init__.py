"""What outlives a run. ``Store`` is the way in; the other modules are one concern each (who may log in, backups, care, forgetting)."""

from analyzer.store.database import StoreError
from analyzer.store.rows import STATUSES, Change, Conflict, StoredBatch, now
from analyzer.store.store import Store, data_folder

__all__ = ["STATUSES", "Change", "Conflict", "Store", "StoreError", "StoredBatch", "data_folder", "now"]
