"""The rows of `interfaces.fhir.elements`: path | FHIR type | meaning | source, and whether a warehouse is never told.

An element is written as FHIR has it; extensions by the last part of their address, in brackets.
"""

from collections.abc import Mapping

ELEMENT_ROWS: Mapping[str, str] = {
    "AuditEvent": """
type | Coding | Always that a patient’s record was seen or changed | fixed
subtype | Coding | What was done, by its code in the log, and at which page | audit_event.action, .detail
action | code | R for a look, U for a change | audit_event.action
recorded | instant | When | audit_event.at
outcome | code | Always 0: what failed is not in the log | fixed
agent.type | CodeableConcept | That a person did it | audit_event.user_id | not for a warehouse
agent.who | Reference | Who did it; for a program, who runs it | audit_event.user_id | not for a warehouse
agent.name | string | What the program is called | api_client.name | not for a warehouse
agent.requestor | boolean | Always true | fixed
source.observer | Reference | Always this service | fixed
entity.what | Reference | Whose record, of those the reader may know of | audit_subject.person_id
""",
    "Binary": """
contentType | code | What the bytes are: a PDF or plain text | the format
securityContext | Reference | The DocumentReference of the same id: who may not have that may not have this | plan_version.id
data | base64Binary | The copy as it is made for who fetches it, saying when and for whom | the version, the person, the lead | not for a warehouse
""",
    "CarePlan": """
text | Narrative | What stands under each heading; for urgent care what is on their one page | plan_section.content | not for a warehouse
status | code | ready is draft, active is active, superseded is completed, withdrawn is revoked | plan_version.state
intent | code | Always plan | fixed
category | CodeableConcept | A personalised care and support plan; also “joint” where it is a joint care plan now: a version is active and agreed by the person or somebody with authority, health and social care have both written in it, and the case has an accountable lead | plan_version, plan_agreement, plan_section.contributed, lead_allocation
title | string | With the number of the version | plan_version.number
subject | Reference | The person | care_case.person_id
period | Period | From when until when it was in force | plan_version.active_at, .ended_at
created | dateTime | When the version was begun | plan_version.created_at
author | Reference | Who signed it off as accountable lead | plan_version.signed_by | not for a warehouse
contributor | Reference | Who wrote its parts; not for urgent care | plan_section.author_id | not for a warehouse
careTeam | Reference | The team of the case | care_case.id
goal | Reference | Its goals; not for urgent care | plan_section.content | not for a warehouse
activity.progress | Annotation | What to do if the action proves difficult | plan_section.content | not for a warehouse
activity.detail.kind | code | Always Task | fixed
activity.detail.code | CodeableConcept | An action, or the review of the plan | plan_section.content, plan_version.review_on
activity.detail.goal | Reference | The goal an action is for | plan_section.content | not for a warehouse
activity.detail.status | code | How the action stands | plan_section.content
activity.detail.scheduledPeriod | Period | By when | plan_section.content, plan_version.review_on
activity.detail.performer | Reference | Who will do it | plan_section.content | not for a warehouse
activity.detail.description | string | What will be done | plan_section.content | not for a warehouse
""",
    "CareTeam": """
status | code | active until the case is closed | care_case.state
category | CodeableConcept | Always the team of an episode of care | fixed
name | string | Always “Care team” | fixed
subject | Reference | The person | care_case.person_id
period | Period | The time of the case | care_case.opened_at, .closed_at
participant.role | CodeableConcept | The accountable lead with their profession, or the role on the team | lead_allocation.profession, care_team_member.role
participant.member | Reference | Who; somebody from elsewhere by name | lead_allocation.user_id, care_team_member.user_id, .name | not for a warehouse
participant.onBehalfOf | Reference | Their employer | app_user.home_id
participant.period | Period | From when until when | lead_allocation.from_at, .until_at, care_team_member.from_on, .until_on
managingOrganization | Reference | The person’s practice | person.practice_id
""",
    "Communication": """
identifier | Identifier | The partner’s own number of it, as it was sent | partner_message.sender_system, .sender_ref | not for a warehouse
status | code | Always completed | fixed
subject | Reference | The person | partner_message.person_id
recipient | Reference | The team of the case, and whom it names beside | partner_message.case_id, .addressed_to
sender | Reference | Who runs the program that wrote | app_user.home_id
sent | dateTime | When the partner wrote it | partner_message.sent_at
received | dateTime | When it came | partner_message.at
payload.contentString | string | What was written | partner_message.words | not for a warehouse
""",
    "Consent": """
status | code | active for the last answer to its purpose, inactive for earlier ones | consent.id
scope | CodeableConcept | Always privacy | fixed
category | CodeableConcept | Always access to information | fixed
patient | Reference | The person | consent.person_id
dateTime | dateTime | When it was said | consent.at
performer | Reference | Who recorded it | consent.by | not for a warehouse
policyRule | CodeableConcept | Always that the latest answer holds | fixed
provision.type | code | permit for a yes, deny for a no or a withdrawal | consent.state
provision.purpose | Coding | For the person’s treatment, and which purpose was asked about | consent.purpose
""",
    "DocumentReference": """
status | code | Always current: a copy of a version that may not be shared is not there | plan_version.state
docStatus | code | final for the active version, preliminary for one put to the person | plan_version.state
type | CodeableConcept | Which format | the formats of plan_share.share_format
category | CodeableConcept | A personalised care and support plan | fixed
subject | Reference | The person | care_case.person_id
date | instant | When the version was ready | plan_version.ready_at
author | Reference | Who signed it off | plan_version.signed_by | not for a warehouse
custodian | Reference | The person’s practice | person.practice_id
content.attachment | Attachment | Where to fetch it, as what, called what, written when | plan_version
context.related | Reference | The plan | plan_version.case_id
""",
    "Encounter": """
identifier | Identifier | The hospital’s number of the visit | hospital_stay.visit_ref | not for a warehouse
status | code | As the hospital’s messages tell it, else by whether the extract has an end | hospital_stay.state, encounter.ended_on
class | Coding | Inpatient, emergency and so on | hospital_stay.patient_class, encounter.kind
type | CodeableConcept | What kind of hospital use | encounter.kind
subject | Reference | The person | encounter.person_id
period | Period | From when until when | hospital_stay.admitted_at, .discharged_at, encounter.started_on, .ended_on
reasonCode | CodeableConcept | The main diagnosis, ICD-10 | encounter.diagnosis_code
hospitalization.extension(Extension-UKCore-AdmissionMethod) | CodeableConcept | How they came in, NHS Data Dictionary | hospital_stay.admission_method
hospitalization.extension(Extension-UKCore-DischargeMethod) | CodeableConcept | How they left, NHS Data Dictionary | hospital_stay.discharge_method
hospitalization.dischargeDisposition | CodeableConcept | Where they went, NHS Data Dictionary | hospital_stay.discharge_destination
location.location | Reference | The ward, by name | hospital_stay.location | not for a warehouse
serviceProvider | Reference | The hospital, by its ODS code where it is not one of the organisations here | encounter.provider_code
""",
    "EpisodeOfCare": """
status | code | active, onhold or finished | care_case.state
type | CodeableConcept | Care coordination, and the primary need | care_case.primary_need
patient | Reference | The person | care_case.person_id
managingOrganization | Reference | The person’s practice | person.practice_id
period | Period | The time of the case | care_case.opened_at, .closed_at
careManager | Reference | The accountable lead now | lead_allocation.user_id | not for a warehouse
team | Reference | The team of the case | care_case.id
""",
    "Flag": """
text | Narrative | What it says and whom to ring, as one text | care_flag.said, .ring_name, .ring_phone, .ring_when | not for a warehouse
extension(ring).extension(name) | string | Whom to ring | care_flag.ring_name | not for a warehouse
extension(ring).extension(phone) | ContactPoint | On which number | care_flag.ring_phone | not for a warehouse
extension(ring).extension(when) | string | When they answer | care_flag.ring_when | not for a warehouse
extension(flag-detail) | Reference | The care plan | care_flag.case_id
status | code | Whether it is in force at this moment; inactive as soon as its review date has passed or the person says no | care_flag.state, .review_on, consent
category | CodeableConcept | What it is about, by HL7’s codes and ours | care_flag.category
code | CodeableConcept | Which flag, and what it says in 140 characters; nothing of what it said once it is not in force, for urgent care | care_flag.code, .said
subject | Reference | The person | care_flag.person_id
period | Period | From when until the day it is to be reviewed, or was ended | care_flag.starts_on, .review_on, .ended_at
author | Reference | Who set it | care_flag.set_by | not for a warehouse
""",
    "Goal": """
identifier | Identifier | The key that stays from version to version | plan_section.content
lifecycleStatus | code | How it stands | plan_section.content
achievementStatus | CodeableConcept | Whether it was reached | plan_section.content
description | CodeableConcept | What the person wants to be able to do | plan_section.content | not for a warehouse
subject | Reference | The person | care_case.person_id
startDate | date | Since when the plan is in force | plan_version.active_at
statusDate | date | When the version was ready | plan_version.ready_at
note | Annotation | How important it is, how sure the person is, steps and outcome | plan_section.content | not for a warehouse
""",
    "Organization": """
identifier | Identifier | The ODS code, or a code of ours for a place | organisation.code
active | boolean | Always true | fixed
type | CodeableConcept | What kind of place or employer | organisation.kind
name | string | Its name | organisation.name
partOf | Reference | The next larger place | organisation.parent_id
""",
    "Patient": """
meta.security | Coding | R for a restricted record | person.restricted | not for a warehouse
identifier | Identifier | The NHS number | person.nhs_number | not for a warehouse
identifier.extension(Extension-UKCore-NHSNumberVerificationStatus) | CodeableConcept | That it was not traced here: the GP register brought it | fixed | not for a warehouse
active | boolean | Whether they are alive, registered here and not merged into another record | person.deregistered_on, .date_of_death, .merged_into_id
name | HumanName | Family and given name | person.family_name, .given_name | not for a warehouse
telecom | ContactPoint | Telephone | person.phone | not for a warehouse
gender | code | NHS Data Dictionary PERSON STATED GENDER CODE as FHIR has it | person.sex
birthDate | date | The day of birth; for a warehouse year and month | person.date_of_birth
deceasedDateTime | dateTime | The day of death | person.date_of_death | not for a warehouse
address | Address | Address and postcode | person.address_line, .postcode | not for a warehouse
generalPractitioner | Reference | The practice they are registered with | person.practice_id
link.other | Reference | The record that took this one’s place, or that this one took the place of | person.merged_into_id
link.type | code | replaced-by or replaces | person.merged_into_id
""",
    "Practitioner": """
identifier | Identifier | The number of the account | app_user.id
active | boolean | Whether they work here still | app_user.deactivated_at
name | HumanName | As they are shown to colleagues | app_user.display_name | not for a warehouse
""",
    "PractitionerRole": """
active | boolean | Whether it is held now | user_role.until_at, app_user.deactivated_at
period | Period | From when until when | user_role.from_at, .until_at
practitioner | Reference | Whose role it is | user_role.user_id
organization | Reference | The employer | app_user.home_id
code | CodeableConcept | The role with the job title, and the profession | user_role.role, app_user.job_title, practitioner.profession
""",
    "Provenance": """
target | Reference | The version of the plan | plan_version.case_id, .number
occurredPeriod | Period | From its beginning to the last that happened to it | plan_version.created_at
recorded | instant | When the last of it happened | plan_version, plan_agreement.at
agent.type | CodeableConcept | Wrote, signed off, or answered | plan_section, plan_version, plan_agreement
agent.role | CodeableConcept | What was answered | plan_agreement.state
agent.who | Reference | Who; whoever spoke for the person by name | plan_section.author_id, plan_version.signed_by, plan_agreement.representative | not for a warehouse
agent.onBehalfOf | Reference | Their organisation, or the person they spoke for | plan_section.organisation_id, care_case.person_id
""",
    "QuestionnaireResponse": """
questionnaire | canonical | Whose part of the assessment, in which version of its questions | assessment_section.questionnaire
status | code | completed, in-progress, or stopped with its assessment | assessment_section.state, assessment.state
subject | Reference | The person | care_case.person_id
authored | dateTime | When it was last saved | assessment_answers.at
author | Reference | Who wrote it | assessment_section.author_id | not for a warehouse
item.linkId | string | The key of the question | assessment_section.answers | not for a warehouse
item.text | string | The question as it was asked | the questionnaires | not for a warehouse
item.answer.valueBoolean | boolean | A yes or no | assessment_section.answers | not for a warehouse
item.answer.valueInteger | integer | A number | assessment_section.answers | not for a warehouse
item.answer.valueCoding | Coding | One of the answers that could be chosen | assessment_section.answers | not for a warehouse
item.answer.valueString | string | What was typed | assessment_section.answers | not for a warehouse
""",
    "RiskAssessment": """
meta.tag | Coding | HTEST where a demonstration made it: nobody may be cared for by it | risk_run.demonstration
identifier | Identifier | The run | risk_run.run_ref
status | code | Always final | fixed
method | CodeableConcept | The kind of score and the version of the model | risk_run.score_kind, .model_version
code | CodeableConcept | Always risk stratification | fixed
subject | Reference | The person | risk_score.person_id
occurrenceDateTime | dateTime | The day the data were of | risk_run.extracted_on
prediction.extension(percentile) | decimal | The share of people scored who are at lower risk, up to 100 | risk_score.percentile
prediction.outcome | CodeableConcept | What is predicted | risk_run.outcome
prediction.probabilityDecimal | decimal | The probability as a percentage, as FHIR asks; none where scores are of an index | risk_score.probability
prediction.qualitativeRisk | CodeableConcept | The tier | risk_score.tier
prediction.whenPeriod | Period | The time it is predicted for | risk_run.index_date, .outcome
note | Annotation | The reasons, in the words of the run | risk_score.reasons | not for a warehouse
""",
    "Task": """
identifier | Identifier | The partner’s own number of it, as it was sent | task.request_system, .request_ref | not for a warehouse
basedOn | Reference | The plan whose action it is | plan_action.task_id
status | code | requested, on-hold, completed or cancelled | task.state, .hold_until
statusReason | CodeableConcept | What was said when it ended | task.ended_note | not for a warehouse
intent | code | Always order | fixed
code | CodeableConcept | What kind of task | task.kind
description | string | What is to be done | task.title | not for a warehouse
for | Reference | The person | task.person_id
executionPeriod | Period | When it ended | task.ended_at
authoredOn | dateTime | When it was made | task.created_at
lastModified | dateTime | When it last changed | task_event.at
requester | Reference | Who made it; for a program, who runs it | task.created_by
owner | Reference | On whose list it is; a team by name and number | task.owner_id, .team_id
reasonReference | Reference | The case | task.case_id
note | Annotation | More about it | task.detail | not for a warehouse
restriction.period | Period | By when | task.due_on
""",
}
"""Resource -> its rows."""
