"""One profile for generated cases: the same ones on every machine, and no verdict on how busy it is."""

from hypothesis import settings

settings.register_profile("caretier", deadline=None, derandomize=True)
settings.load_profile("caretier")
