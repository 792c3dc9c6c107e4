"""The mail of an alert: plain text, marked so that no out-of-office answer comes back (RFC 3834)."""
import email.message
import email.policy
import email.utils

# A subject stays one line. RFC 5322 allows 998 characters.
LINES = email.policy.default.clone(max_line_length=500)


def message(settings, subject, body):
    """An EmailMessage to all who are told."""
    made = email.message.EmailMessage(policy=LINES)
    made["Subject"] = subject[:200]
    made["From"] = settings.smtp.sender
    made["To"] = ", ".join(settings.emails)
    made["Date"] = email.utils.formatdate()
    made["Message-ID"] = email.utils.make_msgid(domain=settings.smtp.sender.rpartition("@")[2])
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(body)
    return made
