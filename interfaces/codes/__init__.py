"""Codes and identifiers, parsed once: past the border no raw text is a code."""

from interfaces.codes.admission_method import (
    EMERGENCY_METHODS,
    AdmissionKind,
    AdmissionMethod,
    AdmissionMethodCause,
    admission_kind_sql,
    admission_method_valid_sql,
)
from interfaces.codes.bnf import BnfCause, BnfCode
from interfaces.codes.icd10 import Icd10Cause, Icd10Code, Icd10Mark
from interfaces.codes.nhs_number import (
    NhsNumber,
    NhsNumberCause,
    nhs_check_digit,
    nhs_number_cause,
    nhs_number_valid_sql,
)
from interfaces.codes.ods import OdsCause, OdsCode
from interfaces.codes.person import ClosedSetCause, EthnicCategory, EthnicGroup, Sex
from interfaces.codes.snomed import SnomedCause, SnomedCode, snomed_cause, verhoeff_check_digit, verhoeff_valid

__all__ = [
    "EMERGENCY_METHODS",
    "AdmissionKind",
    "AdmissionMethod",
    "AdmissionMethodCause",
    "BnfCause",
    "BnfCode",
    "ClosedSetCause",
    "EthnicCategory",
    "EthnicGroup",
    "Icd10Cause",
    "Icd10Code",
    "Icd10Mark",
    "NhsNumber",
    "NhsNumberCause",
    "OdsCause",
    "OdsCode",
    "Sex",
    "SnomedCause",
    "SnomedCode",
    "admission_kind_sql",
    "admission_method_valid_sql",
    "nhs_check_digit",
    "nhs_number_cause",
    "nhs_number_valid_sql",
    "snomed_cause",
    "verhoeff_check_digit",
    "verhoeff_valid",
]
