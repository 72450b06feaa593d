"""The flow, in one readable function: ingest → segment → encode → match → reflect → compare → report."""
