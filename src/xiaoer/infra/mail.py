"""Mail (邮件): one message with files through the shop's SMTP server; runs in a thread."""

import smtplib
import ssl
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from msgspec import Struct

from xiaoer.kernel.errors import SourceUnavailable

_LIMIT_S = 20.0


class MailServer(Struct, frozen=True):
    """Where mail is handed over. `security`: tls from the first byte, starttls, or none (a relay of one's own)."""

    host: str
    port: int = 465
    security: str = "tls"
    user: str = ""
    password: str = ""
    sender: str = ""


class File(Struct, frozen=True):
    name: str
    data: bytes
    kind: str = "application/octet-stream"


def send(server: MailServer, to: Sequence[str], title: str, html: str, text: str, files: Sequence[File]) -> None:
    """Send one mail.

    Raises:
        SourceUnavailable: the server cannot be reached or refuses.
    """
    mail = EmailMessage()
    sender = server.sender or server.user
    mail["Subject"], mail["From"], mail["To"] = title, sender, ", ".join(to)
    mail["Date"] = formatdate()
    mail["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2] or None)
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    for file in files:
        main, _, sub = file.kind.partition("/")
        mail.add_attachment(file.data, maintype=main, subtype=sub, filename=file.name)
    try:
        if server.security == "tls":
            with smtplib.SMTP_SSL(
                server.host, server.port, timeout=_LIMIT_S, context=ssl.create_default_context()
            ) as line:
                _hand_over(line, server, mail)
        else:
            with smtplib.SMTP(server.host, server.port, timeout=_LIMIT_S) as line:
                if server.security == "starttls":
                    line.starttls(context=ssl.create_default_context())
                _hand_over(line, server, mail)
    except (OSError, smtplib.SMTPException) as error:
        raise SourceUnavailable(
            f"The mail server {server.host} did not take the mail: {type(error).__name__}."
        ) from None


def _hand_over(line: smtplib.SMTP, server: MailServer, mail: EmailMessage) -> None:
    if server.user:
        line.login(server.user, server.password)
    line.send_message(mail)
