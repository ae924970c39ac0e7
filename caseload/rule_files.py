"""Reading a file of rules in `config/`: every one in the same way, and refused in the same words."""

import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from caseload.exceptions import SettingsRefused
from caseload.known_keys import unknown_keys

Shape = TypeVar("Shape", bound=BaseModel)


def rules_in_file(path: Path, shape: type[Shape], expected: str) -> Shape:
    """What a file says, in its shape. SettingsRefused names everything that is wrong; `expected` says what it should be.

    A key that nothing reads is wrong too: a misspelt one would leave its setting as it was, unseen.
    """
    try:
        read = tomllib.loads(path.read_text(encoding="utf-8"))
        unknown = unknown_keys(read, shape)
        if unknown:
            raise _refused(expected, f"keys that nothing reads in {path}: {'; '.join(unknown)}")
        return shape.model_validate(read)
    except (OSError, UnicodeDecodeError):
        raise _refused(expected, "no file that can be read") from None
    except tomllib.TOMLDecodeError as error:
        raise _refused(expected, str(error)) from None
    except ValidationError as error:
        wrong = (f"{'.'.join(map(str, part['loc']))}: {part['msg']}" for part in error.errors(include_input=False))
        raise _refused(expected, "; ".join(wrong)) from None


def _refused(expected: str, found: str) -> SettingsRefused:
    return SettingsRefused(expected, found, "Put that file right.")
