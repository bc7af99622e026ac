"""Settings: every knob of the process in one place, read from `XIAOER_*` environment variables.

What a shop owner changes (hours, switches, wording) lives in the shop's own rows, not here.
"""

import secrets
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def _default_home() -> Path:
    return Path.home() / ".local" / "share" / "xiaoer"


class Settings(BaseSettings):
    """Process settings. Documented for operators in docs/operations.md."""

    model_config = SettingsConfigDict(env_prefix="XIAOER_", extra="ignore")

    home: Path = Field(default_factory=_default_home, description="Folder of all state: database, uploads, secret")
    database_url: str = Field(default="", description="SQLAlchemy URL; empty means SQLite in the home folder")
    redis_url: str = Field(
        default="", description="Redis or Valkey URL for live events between machines; empty means none"
    )
    clickhouse_url: str = Field(
        default="", description="ClickHouse that facts stream to, http://user:password@host:8123/database; empty: none"
    )
    clickhouse_pages: bool = Field(default=False, description="Read the pages of insight from ClickHouse")
    api_key: str = Field(default="", description="An API key valid for the default shop")
    host: str = Field(default="127.0.0.1", description="Address to listen on")
    port: int = Field(default=8000, description="Port to listen on")
    workers: int = Field(default=1, description="Server processes")
    secret: str = Field(
        default="", description="Key for tokens and encryption; empty means one is kept in the home folder"
    )
    demo: bool = Field(default=False, description="Serve the demo pages")
    demo_hours: str = Field(
        default="", description="Hours of the sample shop's people, such as 00:00-00:00 for always; empty: as written"
    )
    access_token_s: int = Field(default=900, description="Life of a staff access token, seconds")
    refresh_token_s: int = Field(default=14 * 86400, description="Life of a staff refresh token, seconds")
    visitor_token_s: int = Field(default=180 * 86400, description="Life of a widget visitor token, seconds")
    max_body_bytes: int = Field(default=1_048_576, description="Largest JSON body, bytes")
    max_upload_bytes: int = Field(default=5_242_880, description="Largest picture, bytes")
    max_import_bytes: int = Field(default=268_435_456, description="Largest import file, bytes")
    idle_close_min: int = Field(
        default=30,
        description="Minutes of silence after which a talk with the bot is over",
    )
    burst_wait_ms: int = Field(
        default=700, description="How long the widget path waits for the rest of a burst, milliseconds"
    )
    gather_timeout_ms: int = Field(default=2500, description="Time limit of one look-up in a shop system, milliseconds")
    figures_beside: bool = Field(
        default=False,
        description="Count in a process of its own, so that no buyer waits; `xiaoer serve` turns it on",
    )
    report_font: str = Field(
        default="", description="Font file with Chinese letters for PDF reports; empty looks for one"
    )
    llm_url: str = Field(
        default="",
        description="Language model with OpenAI's interface, https://host/v1; empty: none",
    )
    llm_key: str = Field(default="", description="Its API key")
    llm_model: str = Field(default="", description="Its model's name")
    log_level: str = Field(default="info", description="debug, info, warning or error")

    @property
    def url(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{self.home / 'xiaoer.db'}"

    @property
    def idle(self) -> timedelta:
        """The silence after which a talk that the bot has is over."""
        return timedelta(minutes=self.idle_close_min)

    @property
    def uploads(self) -> Path:
        return self.home / "uploads"

    @property
    def attachments(self) -> Path:
        """Files of tickets; only staff get them, unlike pictures of talks."""
        return self.home / "attachments"

    @cached_property
    def secret_key(self) -> str:
        """The signing secret; made once and kept readable by its owner only."""
        if self.secret:
            return self.secret
        path = self.home / "secret.key"
        self.home.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("x", encoding="utf-8") as file:
                path.chmod(0o600)
                file.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass
        return path.read_text(encoding="utf-8").strip()
