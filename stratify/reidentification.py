"""From pseudonyms back to NHS numbers: only with the key, and only for the people asked for."""

import numpy as np
import numpy.typing as npt

from interfaces.codes import nhs_number_valid_sql
from interfaces.extracts.pack import Pack
from stratify.engine import connect
from stratify.exceptions import InputRefused
from stratify.pseudonyms import Key, pseudonyms


def nhs_numbers(pack: Pack, key: Key, wanted: npt.NDArray[np.bytes_]) -> npt.NDArray[np.str_]:
    """The NHS number (ten digits) of each pseudonym in `wanted`, in order.

    Raises InputRefused where the pack's register lacks somebody: it is another pack than the run was made from.
    """
    register = _register_numbers(pack)
    known = pseudonyms(key, register.tolist())
    order = np.argsort(known)
    places = np.searchsorted(known, wanted, sorter=order)
    found = order[np.minimum(places, len(order) - 1)] if len(order) else np.zeros(len(wanted), dtype=np.int64)
    missing = len(wanted) if not len(order) else int((known[found] != wanted).sum())
    if missing:
        raise InputRefused(
            "the pack the run was made from",
            f"a register without {missing} of the run's people",
            "Give the pack of that month.",
        )
    numbers: npt.NDArray[np.str_] = register[found]
    return numbers


def _register_numbers(pack: Pack) -> npt.NDArray[np.str_]:
    relation = pack.tables["gp_register"].relation_sql()
    valid = nhs_number_valid_sql("nhs_number", synthetic=pack.manifest.synthetic)
    with connect(threads=1) as connection:
        query = f"SELECT DISTINCT nhs_number FROM {relation} WHERE {valid} ORDER BY nhs_number"
        rows = connection.execute(query).fetchall()
    return np.array([number for (number,) in rows], dtype="U10")
