"""What the words of hospital messages, flags and the API say on a page."""

from collections.abc import Mapping
from enum import StrEnum

from caseload.domain.border_words import (
    ExportState,
    FlagCategory,
    FlagEnding,
    FlagState,
    IdentityChangeKind,
    MessageState,
    PatientClass,
    StayState,
)

BORDER_WORDS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    MessageState: {
        MessageState.RECEIVED: "Waiting",
        MessageState.APPLIED: "Acted on",
        MessageState.NOT_ACTED_ON: "Not acted on",
        MessageState.HELD: "Held",
        MessageState.CORRECTED: "Put right",
        MessageState.DISMISSED: "Dismissed",
    },
    StayState: {
        StayState.PLANNED: "Planned",
        StayState.ARRIVED: "Arrived",
        StayState.IN_PROGRESS: "In hospital",
        StayState.FINISHED: "Ended",
        StayState.CANCELLED: "Cancelled",
    },
    PatientClass: {
        PatientClass.INPATIENT: "Inpatient",
        PatientClass.OUTPATIENT: "Outpatient",
        PatientClass.EMERGENCY: "Emergency department",
        PatientClass.DAY_CASE: "Day case",
        PatientClass.PREADMIT: "Before admission",
        PatientClass.RECURRING: "Regular attender",
        PatientClass.OBSTETRICS: "Maternity",
        PatientClass.NOT_KNOWN: "Not known",
    },
    IdentityChangeKind: {
        IdentityChangeKind.MERGED: "Two hospital numbers became one",
        IdentityChangeKind.RENUMBERED: "Hospital number changed",
        IdentityChangeKind.VISIT_MOVED: "Stay moved to another hospital number",
        IdentityChangeKind.LINKED: "Hospital number linked by hand",
    },
    FlagCategory: {
        FlagCategory.CARE_PLAN: "There is a care plan",
        FlagCategory.CLINICAL: "Clinical",
        FlagCategory.SAFETY: "Safety",
        FlagCategory.COMMUNICATION: "Communication",
        FlagCategory.END_OF_LIFE: "End of life",
    },
    FlagState: {
        FlagState.ACTIVE: "Active",
        FlagState.INACTIVE: "Ended",
        FlagState.ENTERED_IN_ERROR: "Set by mistake",
    },
    FlagEnding: {
        FlagEnding.REMOVED: "Removed",
        FlagEnding.REVIEW_DATE_PASSED: "Its review date passed",
        FlagEnding.CONSENT: "The person does not agree to it",
        FlagEnding.RESTRICTED: "The record is restricted",
        FlagEnding.PLAN_ENDED: "There is no active care plan",
        FlagEnding.CASE_CLOSED: "The case was closed",
        FlagEnding.DIED: "The person died",
        FlagEnding.LEFT: "The person left the practice’s list",
        FlagEnding.REPLACED: "Another took its place",
        FlagEnding.MISTAKE: "It was set by mistake",
    },
    ExportState: {
        ExportState.WAITING: "Waiting",
        ExportState.RUNNING: "Being made",
        ExportState.READY: "Ready",
        ExportState.FAILED: "Failed",
        ExportState.DELETED: "Deleted",
    },
}

BORDER_COLOURS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    MessageState: {
        MessageState.RECEIVED: "blue",
        MessageState.APPLIED: "green",
        MessageState.NOT_ACTED_ON: "grey",
        MessageState.HELD: "red",
        MessageState.CORRECTED: "green",
        MessageState.DISMISSED: "grey",
    },
    StayState: {
        StayState.PLANNED: "blue",
        StayState.ARRIVED: "yellow",
        StayState.IN_PROGRESS: "yellow",
        StayState.FINISHED: "grey",
        StayState.CANCELLED: "grey",
    },
    FlagState: {FlagState.ACTIVE: "red", FlagState.INACTIVE: "grey", FlagState.ENTERED_IN_ERROR: "grey"},
    ExportState: {
        ExportState.WAITING: "blue",
        ExportState.RUNNING: "blue",
        ExportState.READY: "green",
        ExportState.FAILED: "red",
        ExportState.DELETED: "grey",
    },
}
