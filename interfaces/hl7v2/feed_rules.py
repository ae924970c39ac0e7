"""What is agreed with each hospital feed: who sends it, what it may say, and which of its numbers are NHS numbers.

Source: NHS Interoperability Toolkit, HL7 v2 (the identifiers of an English feed); HL7 2.8 chapter 2, MSH-3 to MSH-18. The values are
the place's own: `config/hospital_feeds.toml`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from interfaces.codes import OdsCode
from interfaces.exceptions import CodeError
from interfaces.hl7v2.characters import codec_named
from interfaces.hl7v2.reading import Header
from interfaces.hl7v2.refusals import AckCode, ErrorCode, MessageRefused, Reason

VERSIONS = ("2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.8")
"""The versions a feed can have."""


class ControlIds(StrEnum):
    """Whether a control id is used once, or again every day."""

    ONCE = "once"
    DAILY = "daily"


class Demographic(StrEnum):
    """What of a person a feed may change, if its rules let it."""

    NAME = "name"
    ADDRESS = "address"
    PHONE = "phone"
    PRACTICE = "practice"
    SEX = "sex"
    BIRTH_DATE = "birth_date"
    DEATH = "death"


class VisitNumberFrom(StrEnum):
    """Fields that can hold the number of a visit: PV1-19, or the account number PID-18 where a system uses it so."""

    PV1_19 = "PV1-19"
    PID_18 = "PID-18"


@dataclass(frozen=True, slots=True)
class FeedRules:
    """The rules of one feed. `senders` are pairs of MSH-3 and MSH-4; `silence_minutes` 0 means that silence is no alarm.

    `nhs_number_aliases` are pairs of assigning authority and type (PID-3.4, PID-3.5) under which a number is an NHS number;
    `made_up_numbers` also lets the 999 range in, for tests and demonstrations. `not_sensitive` are the values of PV1-16 that
    mean an ordinary stay: any other makes it a sensitive one. `quiet_from` and `quiet_until` bound the hours without alarm.
    """

    name: str
    senders: tuple[tuple[str, str], ...]
    provider_code: str
    versions: tuple[str, ...]
    processing_ids: tuple[str, ...]
    nhs_number_aliases: tuple[tuple[str, str], ...]
    made_up_numbers: bool
    control_ids: ControlIds
    charset: str
    time_zone: str
    demographics: frozenset[Demographic]
    visit_number_from: tuple[VisitNumberFrom, ...]
    not_sensitive: frozenset[str]
    silence_minutes: int
    quiet_from: time | None
    quiet_until: time | None

    @property
    def zone(self) -> ZoneInfo:
        """Where times without an offset are told."""
        return ZoneInfo(self.time_zone)

    @property
    def silence(self) -> timedelta | None:
        """How long the feed may say nothing; None where silence is no alarm."""
        return timedelta(minutes=self.silence_minutes) if self.silence_minutes else None


_NEVER_AUTHORITIES = frozenset({"CHI", "H&C", "HSC", "HCN"})  # Scotland's and Northern Ireland's own registers
_NEVER_TYPES = frozenset({"CHI", "HCN", "NI", "NII", "NNGBR", "SS", "MR", "PI", "PT", "VN", "AN"})
_USUAL_ALIASES = ("NHS^NH", "NHS", "NHSNBR^NHSNMBR")

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class Sender(BaseModel):
    """What one sending system calls itself: MSH-3 and MSH-4, as they stand in its messages."""

    model_config = ConfigDict(extra="forbid")
    application: Text
    facility: Text


class Feed(BaseModel):
    """One `[[feed]]` of the file."""

    model_config = ConfigDict(extra="forbid")
    name: Name
    provider_code: Text
    sender: tuple[Sender, ...] = Field(min_length=1)
    versions: tuple[str, ...] = Field(default=VERSIONS, min_length=1)
    processing_ids: tuple[str, ...] = Field(default=("P",), min_length=1)
    nhs_number_aliases: tuple[Text, ...] = Field(default=_USUAL_ALIASES)
    made_up_numbers: bool = False
    control_ids: ControlIds = ControlIds.ONCE
    charset: str = ""
    time_zone: str = "Europe/London"
    demographics: tuple[Demographic, ...] = ()
    visit_number_from: tuple[VisitNumberFrom, ...] = Field(default=(VisitNumberFrom.PV1_19,), min_length=1)
    not_sensitive: tuple[str, ...] = ("N", "U")
    silence_minutes: int = Field(default=0, ge=0, le=7 * 24 * 60)
    quiet_from: time | None = None
    quiet_until: time | None = None

    @field_validator("provider_code")
    @classmethod
    def _is_an_ods_code(cls, code: str) -> str:
        try:
            return OdsCode.parse(code).code
        except CodeError as error:
            raise ValueError(str(error)) from None

    @field_validator("versions")
    @classmethod
    def _are_versions(cls, versions: tuple[str, ...]) -> tuple[str, ...]:
        return _all_among(versions, VERSIONS)

    @field_validator("processing_ids")
    @classmethod
    def _are_processing_ids(cls, ids: tuple[str, ...]) -> tuple[str, ...]:
        return _all_among(ids, ("P", "T", "D"))

    @field_validator("charset")
    @classmethod
    def _is_a_charset(cls, charset: str) -> str:
        if charset and codec_named(charset) is None:
            raise ValueError("a character set of HL7 table 0211, such as UNICODE UTF-8 or 8859/1")
        return charset

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError("a time zone, such as Europe/London")
        return zone

    @field_validator("nhs_number_aliases")
    @classmethod
    def _are_aliases(cls, aliases: tuple[str, ...]) -> tuple[str, ...]:
        for alias in aliases:
            authority, _, kind = alias.partition("^")
            if (
                not (authority or kind)
                or "^" in kind
                or authority.upper() in _NEVER_AUTHORITIES
                or kind.upper() in _NEVER_TYPES
            ):
                raise ValueError(f"{alias} is no authority and type of NHS numbers")
        return aliases

    @model_validator(mode="after")
    def _quiet_has_both_ends(self) -> Self:
        if (self.quiet_from is None) != (self.quiet_until is None):
            raise ValueError("quiet_from and quiet_until go together")
        return self

    def rules(self) -> FeedRules:
        """The rules that the entry states."""
        return FeedRules(
            name=self.name,
            senders=tuple((sender.application, sender.facility) for sender in self.sender),
            provider_code=self.provider_code,
            versions=self.versions,
            processing_ids=self.processing_ids,
            nhs_number_aliases=tuple(_alias(alias) for alias in self.nhs_number_aliases),
            made_up_numbers=self.made_up_numbers,
            control_ids=self.control_ids,
            charset=self.charset,
            time_zone=self.time_zone,
            demographics=frozenset(self.demographics),
            visit_number_from=self.visit_number_from,
            not_sensitive=frozenset(value.upper() for value in self.not_sensitive),
            silence_minutes=self.silence_minutes,
            quiet_from=self.quiet_from,
            quiet_until=self.quiet_until,
        )


class FeedFile(BaseModel):
    """The file's shape: no two feeds of one name, and no sender that belongs to two."""

    model_config = ConfigDict(extra="forbid")
    version: str = Field(min_length=1, max_length=40)
    feed: tuple[Feed, ...] = ()

    @model_validator(mode="after")
    def _are_told_apart(self) -> Self:
        names = [feed.name for feed in self.feed]
        senders = [(sender.application, sender.facility) for feed in self.feed for sender in feed.sender]
        if len(set(names)) < len(names):
            raise ValueError("every feed has a name of its own")
        if len(set(senders)) < len(senders):
            raise ValueError("every sender belongs to one feed")
        return self

    def rules(self) -> tuple[FeedRules, ...]:
        """The rules of every feed, in the file's order."""
        return tuple(feed.rules() for feed in self.feed)


def parse_feed_rules(table: Mapping[str, Any]) -> tuple[FeedRules, ...]:
    """The rules that a file says, as TOML gives it; pydantic's ValidationError names everything that is wrong."""
    return FeedFile.model_validate(table).rules()


def feed_for(rules: tuple[FeedRules, ...], header: Header) -> FeedRules:
    """The feed that a message belongs to, by its sender. MessageRefused (AR) where it belongs to none.

    AR and not AE: nothing was read of it yet, and the same bytes are welcome once the feed is configured.
    """
    sender = (header.sending_application, header.sending_facility)
    found = next((feed for feed in rules if sender in feed.senders), None)
    if found is None:
        raise MessageRefused(
            Reason.SENDER, ErrorCode.UNKNOWN_KEY, "MSH-3", "No feed is configured for this sender.", ack=AckCode.AR
        )
    return found


def message_key(header: Header, rules: FeedRules) -> str | None:
    """What a sender identifies a message by, as one hash: MSH-3, MSH-4, MSH-10, and MSH-7's day where ids are used daily.

    None for a message without a control id.
    """
    if not header.control_id:
        return None
    parts = [rules.name, header.sending_application, header.sending_facility, header.control_id]
    if rules.control_ids is ControlIds.DAILY:
        parts.append(header.sent_at[:8])
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _all_among(given: tuple[str, ...], known: tuple[str, ...]) -> tuple[str, ...]:
    if not set(given) <= set(known):
        raise ValueError(f"one or more of {', '.join(known)}")
    return given


def _alias(text: str) -> tuple[str, str]:
    authority, _, kind = text.partition("^")
    return authority.upper(), kind.upper()
