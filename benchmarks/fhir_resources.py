"""How many FHIR resources a core makes in a second, as JSON text, and what validating each would cost if it were done.

    python -m benchmarks.fhir_resources [--seconds 0.5]

Nothing that is sent is validated when it is sent: the last column says what that saves.
"""

import json
import time
from collections.abc import Callable

import typer

from interfaces.fhir.reading import model_of
from interfaces.fhir.resources import as_json, resource_of
from tests.support.fhir_records import EXAMPLES


def rate(work: Callable[[], object], seconds: float) -> float:
    """How often it is done in a second of this process's time."""
    work()
    done, begun = 0, time.process_time()
    while time.process_time() - begun < seconds:
        for _ in range(20):
            work()
        done += 20
    return done / (time.process_time() - begun)


def main(seconds: float = 0.5) -> None:
    """Print the table."""
    print(f"{'resource':24}{'bytes':>8}{'made/s':>10}{'as text/s':>11}{'validated/s':>13}{'validation':>12}")
    for record in {resource_of(one): one for one in reversed(EXAMPLES)}.values():
        name = resource_of(record)
        made, model = as_json(record), model_of(name)
        size = len(json.dumps(made, ensure_ascii=False).encode())
        builds = rate(lambda record=record: as_json(record), seconds)
        texts = rate(lambda record=record: json.dumps(as_json(record), ensure_ascii=False), seconds)
        checks = rate(lambda model=model, made=made: model.model_validate(made), seconds)
        print(f"{name:24}{size:8}{builds:10.0f}{texts:11.0f}{checks:13.0f}{texts / checks:11.1f}x")


if __name__ == "__main__":
    typer.run(main)
