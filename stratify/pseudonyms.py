"""Pseudonyms in bulk, and making the key. What a pseudonym is: `interfaces.pseudonyms`."""

import os
import secrets
from binascii import hexlify
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from interfaces.pseudonyms import (
    PERSON,
    PSEUDONYM_LENGTH,
    Key,
    digests,
    load_key,
    pseudonym,
    refuse_beside_data,
)
from stratify.exceptions import OutputRefused

__all__ = ["PERSON", "PSEUDONYM_LENGTH", "SECRET_BYTES", "Key", "load_key", "make_key", "pseudonym", "pseudonyms"]

SECRET_BYTES = 32


def make_key(path: Path, *, random: Callable[[int], bytes] = secrets.token_bytes) -> Key:
    """Write a new key to a file only its owner can read.

    Raises OutputRefused where the file exists or cannot be written, KeyRefused inside a folder of data.
    """
    refuse_beside_data(path)
    key = Key.of(random(SECRET_BYTES))
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise OutputRefused(
            "a new file for the key", "one that exists", "Choose another name: a key that is overwritten is lost."
        ) from None
    except OSError as error:
        raise OutputRefused(
            "a place to write the key", os.strerror(error.errno or 0), "Choose a folder you may write."
        ) from None
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(f"key-id: {key.id}\nsecret: {key.secret.hex()}\n")
        stream.flush()
        os.fsync(descriptor)
    return key


def pseudonyms(key: Key, nhs_numbers: Sequence[str] | NDArray[np.object_]) -> NDArray[np.bytes_]:
    """The pseudonyms of many NHS numbers, in their order: an array of 32 hexadecimal characters each ('S32').

    Raises ValueError where any of them is not ten ASCII digits.
    """
    return np.frombuffer(hexlify(digests(key, nhs_numbers)), dtype=f"S{PSEUDONYM_LENGTH}")
