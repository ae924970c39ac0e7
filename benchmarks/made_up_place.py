"""A made-up place of any size, as a process of its own, so that its memory is not counted with the benchmark's.

    python benchmarks/made_up_place.py FOLDER PEOPLE INDEX

`stratify synth` keeps to NHS numbers of the 999 range and so stops at some half a million people. A benchmark of a larger
place has to go beyond it; nothing made here leaves the folder it was measured in.
"""

import sys
from datetime import date
from pathlib import Path

from stratify.synthetic.borough import make_borough


def main() -> None:
    """Make the place named on the command line."""
    folder, people, index = sys.argv[1:4]
    make_borough(Path(folder), people=int(people), index_date=date.fromisoformat(index), seed=1, beyond_999=True)


if __name__ == "__main__":
    main()
