"""Xinde: study-reflection essays, read fairly."""

__version__ = "0.1.0"
