"""Versions of a care plan in the made-up place, written straight into the tables: in any state, saying anything."""

from datetime import date, timedelta

from caseload.domain.plan_words import AgreementState, PlanHeading, PlanState
from caseload.tables import PlanAgreement, PlanSection, PlanShare, PlanVersion
from tests.support.case_app import NOW

HASH = "3f2a9b1c77de" + "0" * 52
CONTENTS = {
    PlanHeading.ABOUT_ME: [
        {"most_important": "To stay in my own home.\nTo see my sister on Sundays.", "communicate": "Speak to my left ear."}
    ],
    PlanHeading.NEEDS: [{"key": "n1", "need": "I get out of breath on the stairs."}],
    PlanHeading.GOALS: [{"key": "g1", "goal": "Walk to the shop again", "need": "n1", "importance": "9", "status": "active"}],
    PlanHeading.ACTIONS: [
        {"key": "a1", "what": "Practise on the stairs", "who_name": "Given1", "when": "2026-11-02", "goal": "g1", "status": "to_do"}
    ],
    PlanHeading.CONTINGENCY: [
        {
            "name": "My chest gets worse", "trigger": "I cannot finish a sentence.", "early_signs": "I sleep sitting up.",
            "what": "Sit me up. Give the blue inhaler. Call 999 if it does not help in 10 minutes.",
            "who": "Sam Example, my daughter, 01632 960001", "anticipatory": "Steroid tablets in the kitchen drawer.",
        }
    ],
    PlanHeading.ADVANCE_STATEMENT: [{"statement": "I want to die at home.", "kept": "Yellow folder by the front door"}],
    PlanHeading.MEDICINES_EQUIPMENT: [
        {"item": "Penicillin allergy", "kind": "medicine", "use": "Never give it: my throat swells."},
        {"item": "Blue inhaler", "kind": "medicine", "use": "Two puffs when short of breath.", "kept": "Bedside table"},
    ],
    PlanHeading.PERSONAL_CONTACTS: [
        {"name": "Sam Example", "relationship": "Daughter", "role": "emergency", "contact": "01632 960001"}
    ],
}  # fmt: skip
"""A plan that says something under most headings, each thing in words of its own."""


def versioned(store, town, case_id, state="active", contents=None, number=1, by="ash.gp", answer="agreed"):
    """The id of a version in this state, answered and with these contents."""
    state, who, past = PlanState(state), town.users[by], NOW - timedelta(days=2)
    written = state is not PlanState.DRAFT
    held = state in (PlanState.ACTIVE, PlanState.SUPERSEDED, PlanState.WITHDRAWN)
    ended = state in (PlanState.SUPERSEDED, PlanState.WITHDRAWN)
    with store.writing() as session:
        version = PlanVersion(
            case_id=case_id, number=number, state=state, review_on=date(2027, 1, 4), created_at=past, created_by=who,
            content_hash=HASH if written else None, ready_at=past if written else None, ready_by=who if written else None,
            signed_at=past if held else None, signed_by=who if held else None,
            active_at=past if held else None, active_by=who if held else None,
            ended_at=NOW - timedelta(days=1) if ended else None, ended_by=who if ended else None,
        )  # fmt: skip
        session.add(version)
        session.flush()
        for heading, content in (CONTENTS if contents is None else contents).items():
            session.add(
                PlanSection(
                    version_id=version.id, heading=heading, content=content, contributed=["health", "social_care"],
                    author_id=who, organisation_id=town.places["Y90001"], saved_at=past,
                )
            )  # fmt: skip
        if answer is not None and written:
            session.add(
                PlanAgreement(
                    version_id=version.id, state=AgreementState(answer), method="face_to_face", copy_given=True, at=past, by=who,
                    representative="Robin Speaker" if answer == "by_representative" else "",
                    authority="attorney" if answer == "by_representative" else None,
                )
            )  # fmt: skip
        session.flush()
        return version.id


def ended(store, version_id, state):
    """The version holds no longer."""
    with store.writing() as session:
        version = session.get_one(PlanVersion, version_id)
        version.state, version.ended_at, version.ended_by = PlanState(state), NOW, version.created_by


def copied(store, town, cases):
    """Versions with copies, given and refused, by what page cases call them: cases are by the number of their person."""
    long = [{**CONTENTS[PlanHeading.CONTINGENCY][0], "name": f"Change {number}"} for number in range(9)]
    by, made = "birch.gp", {}
    made["copied_before"] = versioned(store, town, cases[6], "superseded", by=by)
    made["copied"] = versioned(store, town, cases[6], number=2, by=by)
    made["copied_restricted"] = versioned(
        store, town, cases[4], "ready", {**CONTENTS, PlanHeading.CONTINGENCY: long}, by="ash.partner", answer=None
    )
    made["copied_deceased"] = versioned(store, town, cases[5], "withdrawn", {}, answer="by_representative")
    given = [("pdf", "The person", None, False), ("pdf", "Kim Nurse, East Community Trust", "health", False)]
    given += [("urgent_summary", "Jo Helper, Testham Neighbours", "voluntary", True)]
    given += [("urgent_summary", "NHS 111, urgent care", "health", True)]
    with store.writing() as session:
        for share_format, recipient, sector, refused in given:
            session.add(
                PlanShare(
                    version_id=made["copied"], share_format=share_format, recipient=recipient, sector=sector,
                    refused=refused, at=NOW - timedelta(hours=3), by=town.users[by],
                )
            )  # fmt: skip
    return made
