"""How good a score is: every figure of an evaluation, with intervals, from plain arrays."""

from stratify.evaluation.groups import person_groups
from stratify.evaluation.inputs import EvaluationInputs, FollowUp
from stratify.evaluation.scores import Evaluation, evaluate_scores

__all__ = ["Evaluation", "EvaluationInputs", "FollowUp", "evaluate_scores", "person_groups"]
