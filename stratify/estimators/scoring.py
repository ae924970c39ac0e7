"""Raw scores from a model's text, by LightGBM's own library.

The library is called through its C interface (include/LightGBM/c_api.h), because importing LightGBM's Python
package also imports pandas, SciPy and scikit-learn: four processor seconds for a run that needs none of them.
"""

import ctypes
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import stratify.settings  # noqa: F401  (how the library's threads wait is read from the environment when it loads)
from stratify.contributions import Matrix
from stratify.exceptions import ModelRefused

_FLOAT32, _FLOAT64 = 0, 1
_RAW_SCORE = 1
_ROW_BY_ROW = 1
_NAMES = ("lib_lightgbm.so", "lib_lightgbm.dylib", "lib_lightgbm.dll")


class Scorer:
    """A model's trees, loaded once and asked for raw scores (log-odds) of any number of people."""

    def __init__(self, text: str) -> None:
        self._library = _library()
        self._handle, rounds = ctypes.c_void_p(), ctypes.c_int()
        self._call("BoosterLoadModelFromString", text.encode(), ctypes.byref(rounds), ctypes.byref(self._handle))

    def __del__(self) -> None:
        if getattr(self, "_handle", None):
            self._library.LGBM_BoosterFree(self._handle)

    def raw_scores(self, values: Matrix, *, threads: int = 1) -> NDArray[np.float64]:
        """Raw scores `[n]` of `values[n, features]`; the same whatever `threads` is."""
        rows = np.ascontiguousarray(values)
        scores, found = np.empty(len(rows), dtype=np.float64), ctypes.c_int64()
        if not len(rows):
            return scores
        self._call(
            "BoosterPredictForMat",
            self._handle,
            rows.ctypes.data_as(ctypes.c_void_p),
            ctypes.c_int(_FLOAT32 if rows.dtype == np.float32 else _FLOAT64),
            ctypes.c_int32(rows.shape[0]),
            ctypes.c_int32(rows.shape[1]),
            ctypes.c_int(_ROW_BY_ROW),
            ctypes.c_int(_RAW_SCORE),
            ctypes.c_int(0),  # from the first tree
            ctypes.c_int(-1),  # to the last
            f"num_threads={threads}".encode(),
            ctypes.byref(found),
            scores.ctypes.data_as(ctypes.POINTER(ctypes.c_double)),
        )
        assert found.value == len(scores), "one score for each row"
        return scores

    def _call(self, name: str, *arguments: object) -> None:
        if getattr(self._library, f"LGBM_{name}")(*arguments):
            said: bytes = self._library.LGBM_GetLastError() or b""
            raise ModelRefused(
                "a model that LightGBM can read and features to match",
                said.decode(errors="replace"),
                "Fit the model again.",
            )


@cache
def _library() -> ctypes.CDLL:
    """LightGBM's library, found beside its Python package without importing that."""
    package = find_spec("lightgbm")
    folders = [Path(folder) / "lib" for folder in (package.submodule_search_locations or ())] if package else []
    for path in (folder / name for folder in folders for name in _NAMES):
        if path.exists():
            library = ctypes.CDLL(str(path))
            library.LGBM_GetLastError.restype = ctypes.c_char_p
            return library
    raise ImportError("LightGBM is installed without its library; install the wheel of PyPI")
