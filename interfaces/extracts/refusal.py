"""What is wrong with a pack, in words that carry no value of anybody's."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Refusal:
    """One kind of problem that stops a pack: where it shows first, how often, and what to do.

    `rows` are the first rows it was seen in, counted from 1 under the header; `count` is every row,
    or 1 for a problem of the whole file. `found` describes a value by its shape, never by itself.
    """

    rule: str
    expected: str
    found: str
    todo: str
    table: str | None = None
    file: str | None = None
    column: str | None = None
    rows: tuple[int, ...] = ()
    count: int = 1

    @property
    def row(self) -> int | None:
        """The first row it was seen in."""
        return self.rows[0] if self.rows else None

    @property
    def place(self) -> str:
        """File (or table), column and first rows, as one phrase."""
        parts = [self.file or self.table or "the pack"]
        if self.column:
            parts.append(f"column {self.column}")
        if self.rows:
            parts.append(("row " if len(self.rows) == 1 else "rows ") + ", ".join(str(row) for row in self.rows))
        more = self.count - len(self.rows)
        if self.rows and more > 0:
            parts[-1] += f" and {more:,} more"
        return ", ".join(parts)

    @property
    def sentence(self) -> str:
        """The whole problem as one line: rule, place, expected, found, what to do."""
        return f"{self.rule}: {self.place}: expected {self.expected}; found {self.found}. {self.todo}"

    def to_json(self) -> dict[str, object]:
        """The fields by name, with `row` for the first row."""
        return {**asdict(self), "row": self.row}


@dataclass(frozen=True)
class Notice:
    """Something a reader of the report should know that stops nothing."""

    table: str | None
    text: str

    def to_json(self) -> dict[str, object]:
        """The two fields by name."""
        return asdict(self)
