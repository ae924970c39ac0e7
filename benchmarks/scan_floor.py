"""The floor under every run: every value of every column of a pack's Parquet really read, by hashing it with DuckDB.

    python benchmarks/scan_floor.py PACK [THREADS]

Prints JSON: CPU and wall seconds of the scan alone (imports left out), rows and bytes. `max()` would be no floor: DuckDB
answers part of it from Parquet's statistics.
"""

import json
import sys
import time
from pathlib import Path

import duckdb


def main() -> None:
    """Scan twice and report the second time, when the files are in the page cache."""
    pack, threads = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 2
    connection = duckdb.connect(config={"threads": threads})
    tables = sorted(pack.glob("*.parquet"))
    for _ in range(2):
        cpu, wall, rows = time.process_time(), time.perf_counter(), 0
        for table in tables:
            rows += _scan(connection, table)
        spent = {"cpu_seconds": time.process_time() - cpu, "wall_seconds": time.perf_counter() - wall}
    size = sum(table.stat().st_size for table in tables)
    print(json.dumps({name: round(value, 3) for name, value in spent.items()} | {"rows": rows, "bytes": size}))


def _scan(connection: duckdb.DuckDBPyConnection, table: Path) -> int:
    columns = [row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM read_parquet('{table}')").fetchall()]
    hashes = ", ".join(f'bit_xor(hash("{column}"))' for column in columns)
    found = connection.execute(f"SELECT count(*), {hashes} FROM read_parquet('{table}')").fetchone()
    assert found is not None
    return int(found[0])


if __name__ == "__main__":
    main()
