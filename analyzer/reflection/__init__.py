"""认真思考: what each sentence does, and how deeply the essay reflects."""

from analyzer.reflection.depth import rate
from analyzer.reflection.models import load_models
from analyzer.reflection.reflection import ASPECTS, LABELS, LEVELS, LabelledSentence, Reflection
from analyzer.reflection.sentences import label_sentences

__all__ = ["ASPECTS", "LABELS", "LEVELS", "LabelledSentence", "Reflection", "label_sentences", "load_models", "rate"]
