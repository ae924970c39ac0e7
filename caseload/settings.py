"""Everything that can be set, from config/caseload.toml and the environment, read once into one frozen value.

The environment wins: `CARETIER_` and the name in capitals, as CARETIER_DATABASE_URL. Secrets are never in the file.
"""

import os
import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from caseload.exceptions import SettingsRefused
from caseload.known_keys import unknown_keys


class OidcProvider(BaseModel, frozen=True):
    """One identity provider: where it is, who we are to it, and which claims say who somebody is.

    `roles` maps a value of the roles claim to a role here; with none mapped, roles are given here by an administrator,
    otherwise they follow the claims at every sign-in. Where the claim is a list of objects (NHS CIS2's
    `nhsid_nrbac_roles`), `role_field` and `organisation_field` name what in each holds the role and the organisation.
    `organisations` maps a value of the organisation claim to the code of the employer, `places` to the code of the place
    the roles are held over, where that is another one. `create_users` lets somebody in who has no account yet.
    `acr_values` asks for a strength of authentication and refuses any other.

    Its secret is in `oidc_secrets`. Where the provider wants a signed assertion instead (`private_key_jwt`),
    `client_key_file` is a PEM file with our RSA private key, `client_key_id` what the provider calls it.
    """

    name: str = Field(pattern=r"^[a-z0-9-]+$")
    label: str
    metadata_url: str
    issuer: str = ""
    client_id: str
    client_key_file: str = ""
    client_key_id: str = ""
    client_key_algorithm: Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"] = "RS512"
    scope: str = "openid profile email"
    acr_values: str = ""
    name_claim: str = "name"
    username_claim: str = "preferred_username"
    organisation_claim: str = "organisation"
    roles_claim: str = "roles"
    role_field: str = ""
    organisation_field: str = ""
    roles: dict[str, str] = Field(default_factory=dict)
    organisations: dict[str, str] = Field(default_factory=dict)
    places: dict[str, str] = Field(default_factory=dict)
    create_users: bool = False


class Smtp(BaseModel, frozen=True):
    """Where the daily digest is sent through; nothing is sent while `host` is empty."""

    host: str = ""
    port: int = 25
    sender: str = ""
    starttls: bool = False
    username: str = ""
    password: SecretStr = SecretStr("")


class Settings(BaseSettings):
    """One value for the whole app. Days are calendar days, minutes and hours are of the clock."""

    model_config = SettingsConfigDict(env_prefix="CARETIER_", env_nested_delimiter="__", frozen=True, extra="ignore")

    database_url: str = "sqlite:///caseload.sqlite"
    secret_key: SecretStr = SecretStr("")
    secure_cookies: bool = True
    behind_proxies: int = 0
    public_url: str = ""
    session_idle_minutes: int = 15
    session_hours: int = 12
    lock_after_failures: int = 5
    lock_minutes: int = 15
    require_second_factor: bool = True
    rate_storage: str = "memory://"
    emergency_access_minutes: int = 60
    tier_grey_days: int = 35
    tier_hidden_days: int = 62
    handover_days: int = 7
    tell_lead_days: int = 10
    first_contact_days: int = 5
    page_rows: int = 50
    small_number: int = 8  # counts from 1 to 7 are not shown
    leavers_percent: int = Field(default=10, ge=0, le=100)
    threads: int = 8
    api_reads_per_minute: int = Field(default=600, ge=1)
    api_tokens_per_minute: int = Field(default=60, ge=1)
    exports_folder: str = ""
    export_hours: int = Field(default=24, ge=1)
    hospital_feeds_file: str = ""
    hospital_message_bytes: int = Field(default=1_048_576, ge=1024)
    hospital_frame_seconds: float = Field(default=30, gt=0)
    hospital_idle_minutes: int = Field(default=1440, ge=1)
    hospital_connections: int = Field(default=400, ge=1)
    hospital_waiting_bytes: int = Field(default=67_108_864, ge=1_048_576)
    hospital_stop_seconds: float = Field(default=10, gt=0)
    hospital_metrics_seconds: float = Field(default=5, gt=0)
    oidc: tuple[OidcProvider, ...] = ()
    oidc_secrets: dict[str, SecretStr] = Field(default_factory=dict)
    smtp: Smtp = Smtp()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, the environment over the file."""
        file = TomlConfigSettingsSource(settings_cls, toml_file=config_folder() / "caseload.toml")
        return init_settings, env_settings, file


def config_folder() -> Path:
    """The folder of configuration files: CARETIER_CONFIG, else beside the program, else as it was installed."""
    given = os.environ.get("CARETIER_CONFIG")
    return Path(given) if given else installed_folder("config")


def installed_folder(name: str) -> Path:
    """A folder that comes with the program: beside it in the repository, or as it was installed."""
    root = Path(__file__).resolve().parent.parent
    beside = root / name
    return beside if beside.is_dir() else root / "stratify" / name


@cache
def read_settings() -> Settings:
    """The settings of this process; SettingsRefused names everything that is wrong at once."""
    return settings_with()


def settings_with(**values: object) -> Settings:
    """Settings with some values given by the caller (a command's options, a test)."""
    _check_file(config_folder() / "caseload.toml")
    try:
        return Settings(**values)  # type: ignore[arg-type]
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, part['loc']))}: {part['msg']}" for part in error.errors(include_input=False)
        )
        raise SettingsRefused(
            "settings that can be read",
            wrong,
            "Put them right in config/caseload.toml or as CARETIER_… in the environment.",
        ) from None


def _check_file(file: Path) -> None:
    """SettingsRefused for a file that is no TOML or has a key nothing reads; a file that is missing says nothing."""
    try:
        unknown = unknown_keys(tomllib.loads(file.read_text(encoding="utf-8")), Settings)
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise SettingsRefused("a file of settings that can be read", f"{file}: {error}", "Put it right.") from None
    if unknown:
        raise SettingsRefused(
            f"only settings that there are in {file}",
            "; ".join(unknown),
            "Put the names right. What stands after a line in square brackets belongs to that section.",
        )


def folder_for_exports(settings: Settings) -> Path | None:
    """Where files for warehouses are kept: as set, else beside the embedded database. None for PostgreSQL without the setting."""
    if settings.exports_folder:
        return Path(settings.exports_folder)
    prefix = "sqlite:///"
    address = settings.database_url
    return Path(address.removeprefix(prefix) + ".exports") if address.startswith(prefix) else None


def child_environment(**values: str) -> dict[str, str]:
    """The environment for a program this one starts, with some values of its own."""
    return {**os.environ, **values}


def secret_file(database_url: str) -> Path | None:
    """Where the embedded database's secret is kept: a file of its owner's beside it. None for PostgreSQL."""
    prefix = "sqlite:///"
    return Path(database_url.removeprefix(prefix) + ".secret") if database_url.startswith(prefix) else None
