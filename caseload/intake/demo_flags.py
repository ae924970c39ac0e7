"""Flags for urgent care of a demonstration: of those with an active plan some agreed that urgent care is told, one did not."""

from datetime import timedelta

from caseload.actions.consent import NOTHING, record_consent
from caseload.actions.flags import set_flag
from caseload.clock import local_day
from caseload.domain.consent_rules import ConsentHow
from caseload.domain.words import ConsentPurpose, ConsentState
from caseload.intake.demo_scene import OpenCase, Scene

_HOW_MANY = 4
_SAYS = (
    ("has_care_plan", "Has a care plan and agreed to it. Please read it, and ring us before you decide."),
    ("medicines_at_home", "Has medicines at home for when they get worse: a rescue pack, in the kitchen drawer."),
)


def flags(scene: Scene) -> None:
    """The first few whose plan is active are asked: the last says no, of the others urgent care is told. One has two flags."""
    asked = 0
    for number, case in enumerate(scene.cases()):
        if number % 3 or asked == _HOW_MANY:
            continue
        asked += 1
        refuses = asked == _HOW_MANY
        if _ask(scene, case, ConsentState.REFUSED if refuses else ConsentState.GIVEN) and not refuses:
            for code, said in _SAYS[: 2 if asked == 1 else 1]:
                _flag(scene, case, code, said)


def _ask(scene: Scene, case: OpenCase, state: ConsentState) -> bool:
    said = scene.maybe(
        case.surgery.navigator, scene.end, record_consent, person_id=case.person_id,
        purpose=ConsentPurpose.SHARING_URGENT_CARE, state=state, how=ConsentHow.SAID, seen_id=NOTHING,
    )  # fmt: skip
    return said is not None


def _flag(scene: Scene, case: OpenCase, code: str, said: str) -> None:
    scene.maybe(
        case.surgery.navigator, scene.end, set_flag, person_id=case.person_id, code=code, said=said,
        ring_name="The care navigator", ring_phone="020 7946 0000", ring_when="Monday to Friday, 9am to 5pm",
        review_on=local_day(scene.end) + timedelta(days=91),
    )  # fmt: skip
