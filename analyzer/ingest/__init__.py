"""Files in, a Batch out: whatever an organizer received, with nothing lost on the way."""

from analyzer.ingest.batch import read_batch, read_documents
from analyzer.ingest.errors import IngestError
from analyzer.ingest.limits import LIMITS, Limits, load_limits

__all__ = ["LIMITS", "IngestError", "Limits", "load_limits", "read_batch", "read_documents"]
