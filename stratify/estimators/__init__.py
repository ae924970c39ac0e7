"""What learns: the risk classifier, its calibrator, the baselines, and what a fitted booster looks like inside."""

# Before LightGBM: how its threads wait is read from the environment when the library loads.
import stratify.settings  # noqa: F401
