"""What the environment may say, read once; the only module that looks at environment variables."""

import os
import pwd
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stratify.exceptions import ConfigRefused

REPOSITORY = Path(__file__).resolve().parent.parent

# LightGBM's worker threads otherwise burn processor time while they wait for each other.
# It must be in the environment before the library is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")


@dataclass(frozen=True)
class Settings:
    """Where configuration lives and how much of the machine a command may use.

    `memory` is a DuckDB size such as "2GB" or None for its default; `threads` at least 1.
    """

    config: Path
    memory: str | None
    threads: int
    user: str


def _threads(text: str | None) -> int:
    if text is None:
        return min(os.cpu_count() or 1, 8)
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ConfigRefused(
            "CARETIER_THREADS to be a whole number of at least 1",
            "something else",
            "Set it to the number of processor cores to use, or unset it.",
        )
    return int(text)


def read_settings(environ: dict[str, str] | None = None) -> Settings:
    """Settings from the environment: CARETIER_CONFIG, CARETIER_MEMORY, CARETIER_THREADS, CARETIER_USER.

    Raises ConfigRefused where a value cannot be used.
    """
    env = dict(os.environ) if environ is None else environ
    config = Path(env.get("CARETIER_CONFIG") or default_config())
    if not config.is_dir():
        raise ConfigRefused(
            "CARETIER_CONFIG to name the folder of configuration files",
            "no such folder",
            "Set CARETIER_CONFIG to the folder that holds tiers.toml, or unset it to use the one that was installed.",
        )
    user = env.get("CARETIER_USER") or _account()
    return Settings(config, env.get("CARETIER_MEMORY") or None, _threads(env.get("CARETIER_THREADS")), user)


def _account() -> str:
    """The account the process runs under, as the machine knows it: USER is whatever the caller says it is."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:  # an account without a name, as in some containers: then CARETIER_USER has to say who it is
        return ""


def default_config() -> Path:
    """The configuration that came with the program: beside it in a checkout, inside it when installed."""
    beside = REPOSITORY / "config"
    return beside if beside.is_dir() else Path(__file__).resolve().parent / "config"


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file as a dictionary; ConfigRefused names the file where it is missing or malformed."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigRefused(
            f"a configuration file {path.name}", "none in that folder", "Copy it from the installed configuration."
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigRefused(f"{path.name} to be valid TOML", str(error), "Correct the file and run again.") from None
