"""Whose list a task goes on, as a field of a form: a user or a team of those who may be given it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from wtforms import SelectField
from wtforms.fields import SelectChoice

from caseload.forms.choices import choice
from caseload.queries.assignees import Assignee, AssigneeTeam


@dataclass(frozen=True, slots=True)
class ChosenList:
    """A user's list or a team's; neither where nothing was chosen."""

    owner_id: int | None = None
    team_id: int | None = None


def list_choices(
    people: Collection[Assignee], teams: Iterable[AssigneeTeam], *, own_id: int | None, first: str = ""
) -> list[SelectChoice]:
    """The choices of a select: `first` for nothing chosen, the viewer's own list, people (the lead said), teams."""
    listed = [choice("", first)] if first else []
    listed += [choice(f"user:{one.user_id}", f"{one.name} (you)") for one in people if one.user_id == own_id]
    listed += [choice(f"user:{one.user_id}", _said(one)) for one in people if one.user_id != own_id]
    return listed + [choice(f"team:{team.team_id}", f"Team: {team.name}") for team in teams]


def offered(field: SelectField) -> set[str]:
    """What a field offers: an answer outside it was not made on our page, or has been overtaken."""
    return {one.value for one in field.choices or ()}


def chosen_list(value: str | None) -> ChosenList:
    """What a choice stands for; ValueError for one that is not ours."""
    if not value:
        return ChosenList()
    kind, _, ident = value.partition(":")
    if kind == "user":
        return ChosenList(owner_id=int(ident))
    if kind == "team":
        return ChosenList(team_id=int(ident))
    raise ValueError("neither a user nor a team")


def _said(one: Assignee) -> str:
    role = "accountable lead" if one.leads else one.job_title
    return ", ".join(part for part in (one.name, role, one.organisation) if part)
