"""Handing a mail to the server that the settings name (SMTP).

Promises: plain text, one receiver; no password goes over a line that is not encrypted unless the
settings say `none`; a failure says what the server said, and whether it may pass.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from app.core.errors import MailError
from app.settings import Settings

_SECONDS = 20
_SHOWN = 300


def hand_over(settings: Settings, to: str, subject: str, text: str) -> None:
    """Send one mail. Raises MailError."""
    message = _message(settings.mail_from, to, subject, text)
    try:
        with _connected(settings) as server:
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        [(code, said)] = error.recipients.values()
        raise _refused(code, said) from None
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code, error.smtp_error) from None
    except (smtplib.SMTPException, OSError) as error:
        told = f"The mail server can't be reached or spoken with: {error}"
        raise MailError(told[:_SHOWN], retryable=True) from None


def _message(sender: str, to: str, subject: str, text: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=sender.split("@")[-1])
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday answers it
    message.set_content(text)
    return message


@contextmanager
def _connected(settings: Settings) -> Iterator[smtplib.SMTP]:
    place = (settings.smtp_host, settings.smtp_port)
    secure = ssl.create_default_context()
    server = (
        smtplib.SMTP_SSL(*place, timeout=_SECONDS, context=secure)
        if settings.smtp_security == "tls"
        else smtplib.SMTP(*place, timeout=_SECONDS)
    )
    with server:
        if settings.smtp_security == "starttls":
            server.starttls(context=secure)
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
        yield server


def _refused(code: int, said: bytes | str) -> MailError:
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    # 4xx is "not now", 5xx "never so" (RFC 5321, section 4.2.1).
    return MailError(f"The mail server answered {code}: {words[:_SHOWN]}", retryable=code < 500)
