"""The fields of each part of a care plan, in plain words.

They follow the Personalised Care and Support Plan 2.0 and About Me 2.01 of the Professional Record Standards Body;
`prsb` is the element a field holds, as a path in `config/prsb.csv`. The content of a section is a list of entries, each
a mapping of field names to text: days as ISO dates, choices by their values, links and people by their keys and ids.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from caseload.domain.plan_words import PlanHeading

Entry = Mapping[str, str]
KEY = "key"
"""The field that stays the same from version to version, in parts whose entries others point to."""


class FieldKind(StrEnum):
    """How a field is asked for."""

    TEXT = "text"
    LONG = "long"
    DAY = "day"
    CHOICE = "choice"
    PERSON = "person"
    LINK = "link"
    KEY = "key"


LENGTHS: Mapping[FieldKind, int] = {FieldKind.TEXT: 200, FieldKind.LONG: 4000}
"""How many characters may be typed."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is asked. `links_to` is the part whose entry a link names; a person's name is kept in `named_in`.

    `default` is what a choice begins with.
    """

    name: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    hint: str = ""
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    links_to: PlanHeading | None = None
    named_in: str = ""
    prsb: str = ""
    default: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """One part of a plan: any number of entries, or exactly one. `entry` is what one of them is called."""

    entry: str
    about: str
    several: bool
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field:
        """The field of that name."""
        return next(field for field in self.fields if field.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its fields, in their order."""
        return tuple(field.name for field in self.fields)

    @property
    def first(self) -> str:
        """The field that says which entry it is: the first somebody types."""
        return next(field.name for field in self.fields if field.kind is not FieldKind.KEY)


_PLAN = "PersonalisedCSP/"
_ABOUT = _PLAN + "About me/"
_NEED = _PLAN + "Care and support plan/Needs, concerns or problems"
_GOAL = _NEED + "/Goals and hopes"
_ACTION = _GOAL + "/Actions and activities"
_CONTINGENCY = _PLAN + "Contingency/safety plans/"
_ADVANCE = _CONTINGENCY + "Advance statement/"
_CONTACT = _PLAN + "Personal contacts/Personal contacts record entry/"
_SUPPORT = _PLAN + "Additional support plans/"
_TEN = tuple((str(number), str(number)) for number in range(1, 11))
_STATES = (
    ("proposed", "Proposed"),
    ("active", "Being worked on"),
    ("on_hold", "On hold"),
    ("met", "Met"),
    ("not_met", "Not met"),
    ("stopped", "No longer wanted"),
)

ALLERGY = "allergy"
"""What an entry of medicines and equipment is that the person must not have."""

OPEN_ACTIONS = ("to_do", "in_progress")
"""The states of an action that is still to be carried out."""

_DEEDS = (("to_do", "To do"), ("in_progress", "In progress"), ("done", "Done"), ("refused", "Refused by the person"))


def _long(name: str, label: str, hint: str = "", *, required: bool = False, prsb: str = "") -> Field:
    return Field(name, label, FieldKind.LONG, hint, required, prsb=prsb)


def _day(name: str, label: str, hint: str = "", *, required: bool = False, prsb: str = "") -> Field:
    return Field(name, label, FieldKind.DAY, hint, required, prsb=prsb)


def _choice(
    name: str,
    label: str,
    choices: tuple[tuple[str, str], ...],
    hint: str = "",
    *,
    required: bool = False,
    prsb: str = "",
) -> Field:
    return Field(name, label, FieldKind.CHOICE, hint, required, choices, prsb=prsb)


_KEY_FIELD = Field(KEY, "Key", FieldKind.KEY)

FIELDS: Mapping[PlanHeading, Heading] = {
    PlanHeading.ABOUT_ME: Heading(
        "About me",
        "In the person’s own words, written by them or with their help.",
        False,
        (
            _long("most_important", "What is most important to me", prsb=_ABOUT + "What is most important to me"),
            _long("people", "People who are important to me", prsb=_ABOUT + "People who are important to me"),
            _long(
                "communicate", "How I communicate and how to communicate with me",
                "Language, interpreter, hearing, sight, and what helps me understand.",
                prsb=_ABOUT + "How I communicate and how to communicate with me",
            ),
            _long("wellness", "My wellness", "What a good day and a bad day are like.", prsb=_ABOUT + "My wellness"),
            _long("please_do", "Please do", prsb=_ABOUT + "Please do and please don't"),
            _long("please_do_not", "Please do not"),
            _long("support", "How and when to support me", prsb=_ABOUT + "How and when to support me"),
            _long("also", "Also worth knowing about me", prsb=_ABOUT + "Also worth knowing about me"),
            Field("supported_by", "Supported to write this by", prsb=_ABOUT + "Supported to write this by"),
            _day("written_on", "When this was written", prsb=_ABOUT + "Date"),
            Field(
                "media", "Where a recording or a picture is kept", hint="Only where there is one.",
                prsb=_ABOUT + "Location to multimedia file",
            ),
        ),
    ),
    PlanHeading.STRENGTHS: Heading(
        "Strength",
        "What the person can do, knows, and has around them.",
        True,
        (_long("strength", "Strength", required=True, prsb=_PLAN + "Care and support plan/Strengths"),),
    ),
    PlanHeading.NEEDS: Heading(
        "Need or concern",
        "What worries the person, and what they need help with: health and social care together.",
        True,
        (_KEY_FIELD, _long("need", "Need or concern", required=True, prsb=_NEED)),
    ),
    PlanHeading.GOALS: Heading(
        "Goal or hope",
        "What the person wants to be able to do.",
        True,
        (
            _KEY_FIELD,
            _long("goal", "Goal or hope", required=True, prsb=_GOAL),
            Field("need", "Which need is it about?", FieldKind.LINK, links_to=PlanHeading.NEEDS),
            _choice(
                "importance", "How important is it to the person?", _TEN,
                "1 is a little important, 10 is the most important.", prsb=_GOAL + "/Goal importance score",
            ),
            _choice("confidence", "How sure is the person of reaching it?", _TEN, "1 is not at all sure, 10 is certain."),
            _long("steps", "Steps on the way", prsb=_ACTION + "/Stage goal"),
            _long("outcome", "What has come of it", prsb=_GOAL + "/Outcomes"),
            _choice("status", "How it stands", _STATES, prsb=_GOAL + "/Goal status"),
        ),
    ),
    PlanHeading.ACTIONS: Heading(
        "Action",
        "What will be done, who will do it and by when. The person can be the one who does it.",
        True,
        (
            _KEY_FIELD,
            Field("what", "What will be done", required=True, prsb=_ACTION + "/What"),
            Field(
                "who", "Who will do it", FieldKind.PERSON, "It goes on their list when the plan is active.",
                named_in="who_name", prsb=_ACTION + "/Who",
            ),
            Field(
                "who_name", "Or the name of somebody who is not on this list",
                hint="The person, a carer or somebody else who does not use this service. Nobody is given a task.",
                prsb=_ACTION + "/Who/Name",
            ),
            _day("when", "By when", prsb=_ACTION + "/When"),
            Field("goal", "Which goal is it for?", FieldKind.LINK, links_to=PlanHeading.GOALS),
            Field(
                "status", "How it stands", FieldKind.CHOICE, "", True, _DEEDS, prsb=_ACTION + "/Status", default="to_do"
            ),
            _choice(
                "confidence", "How sure is the person of doing it?", _TEN, "1 is not at all sure, 10 is certain.",
                prsb=_ACTION + "/Confidence",
            ),
            _long("strategies", "What to do if it proves difficult", prsb=_ACTION + "/Suggested strategies"),
            _day("review_on", "Look at it again on", prsb=_ACTION + "/Review date"),
        ),
    ),
    PlanHeading.CONTINGENCY: Heading(
        "Plan for a change",
        "What to do when things change or get worse, so that whoever comes knows.",
        True,
        (
            Field("name", "What might happen", prsb=_CONTINGENCY + "Contingency plan name"),
            _long("trigger", "What to look out for", required=True, prsb=_CONTINGENCY + "Trigger factors"),
            _long("early_signs", "Early warning signs", prsb=_CONTINGENCY + "Relapse indicators / early warning signs"),
            _long("coping", "What the person can do themselves", prsb=_CONTINGENCY + "Coping strategies"),
            _long("what", "What should happen", required=True, prsb=_CONTINGENCY + "What should happen"),
            _long(
                "who", "Who to contact", "Name, role and telephone number.",
                prsb=_CONTINGENCY + "Who should be contacted",
            ),
            _long(
                "anticipatory", "Medicines or equipment kept ready",
                "What is there in case it is needed, and where it is.",
                prsb=_CONTINGENCY + "Anticipatory medicines/equipment",
            ),
        ),
    ),
    PlanHeading.ADVANCE_STATEMENT: Heading(
        "Advance statement",
        "What the person wants if they cannot say so one day.",
        False,
        (
            _long("statement", "What the person wants", prsb=_ADVANCE + "Advance statement"),
            Field("kept", "Where the document is kept", prsb=_ADVANCE + "Location of document"),
            _day("made_on", "When it was made", prsb=_ADVANCE + "Date"),
            _long(
                "decisions", "Other decisions that were recorded",
                "Refusing a treatment in advance, resuscitation, power of attorney: what there is, and where.",
            ),
        ),
    ),
    PlanHeading.MEDICINES_EQUIPMENT: Heading(
        "Medicine or equipment",
        "What the person uses and needs help with, and what they must not have. The full lists of medicines and "
        "allergies are the practice’s.",
        True,
        (
            Field("item", "Medicine or equipment", hint="For an allergy: what they react to.", required=True),
            _choice(
                "kind", "What it is",
                (("medicine", "Medicine"), ("equipment", "Equipment"), (ALLERGY, "Allergy or bad reaction")),
                required=True,
            ),
            _long("use", "How it is used, and what help is needed"),
            Field("kept", "Where it is kept"),
        ),
    ),
    PlanHeading.TECHNOLOGY: Heading(
        "Technology",
        "Alarms, sensors and other technology, and when somebody looks at whether it still suits the person.",
        True,
        (
            Field("device", "What it is", required=True),
            _long("purpose", "What it is for"),
            Field("supplier", "Who supplies it and answers calls"),
            _choice(
                "suitability", "Does it suit the person?",
                (("suits", "It suits them"), ("change", "It needs to change"), ("not_tried", "Not tried yet")),
            ),
            _day("review_on", "Look at whether it suits them on", required=True),
        ),
    ),
    PlanHeading.PERSONAL_BUDGET: Heading(
        "Budget",
        "Money the person can decide about for their own care.",
        True,
        (
            _choice(
                "kind", "What kind of budget it is",
                (
                    ("health", "Personal health budget"),
                    ("integrated", "Integrated personal budget"),
                    ("social_care", "Personal budget for social care"),
                ),
                required=True, prsb=_PLAN + "Care and support plan/Care funding source",
            ),
            Field("amount", "How much", hint="For example, £120 a week."),
            Field("holder", "Who holds it", hint="The person, somebody they chose, the council or the NHS."),
            _long("conditions", "What it is for, and any conditions"),
        ),
    ),
    PlanHeading.SOCIAL_PRESCRIBING: Heading(
        "Social prescription",
        "Groups, activities and advice in the community.",
        True,
        (
            Field("what", "Group, activity or advice", required=True),
            Field("link_worker", "Link worker, and how to reach them"),
            _day("started_on", "Since when"),
            _long("outcome", "What the person says of it"),
        ),
    ),
    PlanHeading.CARERS: Heading(
        "Carer",
        "Family and friends who look after the person, and what they need themselves.",
        True,
        (
            Field("name", "Name", required=True),
            Field("relationship", "Who they are to the person"),
            Field("contact", "How to reach them"),
            _long("helps_with", "What they do for the person"),
            _choice(
                "assessment", "Carer’s assessment",
                (("offered", "Offered"), ("done", "Done"), ("declined", "Declined"), ("not_offered", "Not offered yet")),
            ),
            _long("needs", "What they need themselves"),
        ),
    ),
    PlanHeading.PERSONAL_CONTACTS: Heading(
        "Person who matters",
        "Who to tell, and who may speak for the person.",
        True,
        (
            Field("name", "Name", required=True, prsb=_CONTACT + "Name"),
            Field("relationship", "Who they are to the person", prsb=_CONTACT + "Relationship"),
            _choice(
                "role", "What they are to be called for",
                (
                    ("next_of_kin", "Next of kin"),
                    ("emergency", "Emergency contact"),
                    ("attorney", "Power of attorney"),
                    ("advocate", "Advocate"),
                    ("other", "Something else"),
                ),
                prsb=_CONTACT + "Relationship type",
            ),
            Field("contact", "How to reach them", prsb=_CONTACT + "Contact details"),
            _long("comments", "Anything else", prsb=_CONTACT + "Comments"),
        ),
    ),
    PlanHeading.OTHER_SUPPORT: Heading(
        "Other plan",
        "Other plans that go with this one, and where they are.",
        True,
        (
            Field("name", "Name of the plan", required=True, prsb=_SUPPORT + "Additional support plan name"),
            _long("content", "What it says in short", prsb=_SUPPORT + "Additional support plan content"),
            Field("kept", "Where it is kept", prsb=_PLAN + "Care and support plan/Other care planning documents"),
            _day("review_on", "Reviewed on", prsb=_SUPPORT + "Planned review date/interval"),
            Field("responsible", "Who reviews it", prsb=_SUPPORT + "Responsibility for review"),
        ),
    ),
}  # fmt: skip
"""Every part of a plan, in the order of the plan."""

Contents = Mapping[PlanHeading, Sequence[Entry]]
"""What a version says: the entries of each part."""
