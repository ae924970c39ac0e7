"""How long work says where it is; the same for both commands, see `interfaces.progress`."""

from interfaces.progress import Progress, on_terminal, silent

__all__ = ["Progress", "on_terminal", "silent"]
