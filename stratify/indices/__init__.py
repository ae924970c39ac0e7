"""Published scores of other people's making, computed to the letter on the same records as the model."""

from stratify.indices.components import Components, index_components
from stratify.indices.index import INDICES, Index
from stratify.indices.scores import score_zone

__all__ = ["INDICES", "Components", "Index", "index_components", "score_zone"]
