"""The made-up borough's map: practices in networks and localities, small areas with their deprivation."""

from dataclasses import dataclass

import numpy as np

from stratify.synthetic import rates
from stratify.synthetic.arrays import Floats, Ints
from stratify.synthetic.streams import stream

BOROUGH = "Lanternhithe"
AREA_CODE = "E09000099"
"""Shaped like a London borough's code; not one."""
PROVIDERS = ("RZ1", "RZ2", "RZ3")
PROVIDER_SHARES = (0.80, 0.14, 0.06)
_LOCALITIES = ("North West", "North East", "South West", "South East")
_NETWORKS = ("Alder", "Birch", "Cedar", "Dogwood", "Elder", "Fir", "Gorse", "Hazel")
_SURGERIES = (
    "Albion", "Bellhouse", "Causeway", "Dockside", "Eastgate", "Furlong", "Gasworks", "Harbour", "Island", "Jubilee",
    "Keel", "Limehithe", "Marsh", "Northway", "Orchard", "Parkside", "Quayside", "Ropewalk", "Sluice", "Tannery",
    "Union", "Victoria", "Weavers", "Yarrow", "Anchor", "Brewhouse", "Canal", "Drapers", "Ferry", "Globe", "Hopfield",
    "Ironbridge", "Juniper", "Kiln", "Lock", "Millwall Road",
)  # fmt: skip


@dataclass(frozen=True)
class Places:
    """Practices (weight, network, locality) and small areas (decile, home locality, ethnic tilt)."""

    practice_weights: Floats
    networks: Ints
    network_count: int
    area_deciles: Ints
    area_localities: Ints
    area_tilt: Floats

    @property
    def practice_codes(self) -> tuple[str, ...]:
        return tuple(f"F99{number + 1:03d}" for number in range(len(self.practice_weights)))

    @property
    def area_codes(self) -> tuple[str, ...]:
        return tuple(f"E0199{number + 1:04d}" for number in range(len(self.area_deciles)))

    @property
    def practice_localities(self) -> Ints:
        return self.networks * rates.LOCALITIES // rates.NETWORKS

    def practice_rows(self) -> dict[str, list[str]]:
        """The columns of the practices table."""
        codes = self.practice_codes
        locality = self.practice_localities
        return {
            "practice_code": list(codes),
            "name": [f"{_SURGERIES[n % len(_SURGERIES)]} Surgery" for n in range(len(codes))],
            "network": [f"{_NETWORKS[n]} Network" for n in self.networks],
            "locality": [_LOCALITIES[n] for n in locality],
            "borough": [BOROUGH] * len(codes),
        }


def make_places(people: int, seed: int) -> Places:
    """A borough for that many people: practices scale down with it, never under six, in at least two networks."""
    generator = stream(seed, "places")
    practices = max(rates.PRACTICES_LEAST, min(rates.PRACTICES, round(people * rates.PRACTICES / rates.FULL_SIZE)))
    networks = np.sort(np.arange(practices) * rates.NETWORKS // practices)
    areas = max(12, people // rates.PEOPLE_PER_AREA)
    edges = np.cumsum(rates.DECILE_SHARES) / np.sum(rates.DECILE_SHARES)
    deciles = 1 + np.searchsorted(edges, (np.arange(areas) + 0.5) / areas)
    return Places(
        practice_weights=np.exp(generator.normal(0.0, rates.PRACTICE_SIZE_SPREAD, practices)),
        networks=networks,
        network_count=len(set(networks.tolist())),
        area_deciles=deciles.astype(np.int8),
        area_localities=generator.integers(0, rates.LOCALITIES, areas),
        area_tilt=generator.normal(0.0, 0.5, areas),
    )


def practice_of(places: Places, areas: Ints, generator: np.random.Generator) -> Ints:
    """A practice for each person: four in five in the locality of their small area, by list size."""
    weights = places.practice_weights
    localities = places.practice_localities
    home = np.where(generator.random(len(areas)) < 0.8, places.area_localities[areas], -1)
    found = np.empty(len(areas), dtype=np.int16)
    for locality in range(-1, rates.LOCALITIES):
        near = np.ones(len(weights), bool) if locality < 0 else localities == locality
        candidates = np.flatnonzero(near if near.any() else np.ones(len(weights), bool))
        rows = np.flatnonzero(home == locality)
        edges = np.cumsum(weights[candidates])
        found[rows] = candidates[
            np.searchsorted(edges, generator.random(len(rows)) * edges[-1]).clip(0, len(candidates) - 1)
        ]
    return found
