"""The only writers of the case database for what people do: keyword-only, `by` whom, `now`, audited as they happen."""
