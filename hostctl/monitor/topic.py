"""A topic of AWS SNS, as far as a host tells it something. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html"""
import re
from urllib.parse import urlencode

from ..machine import metadata, sigv4
from ..machine.errors import HostError

# Bytes of a message: https://docs.aws.amazon.com/general/latest/gr/sns.html
MOST = 262144


def publish(system, arn, subject, text):
    """Send a message by the right of the machine's role. Raises HostError where it is not taken."""
    region = arn.split(":")[3]
    url = f"https://sns.{region}.amazonaws.com/"
    values = {"Action": "Publish", "Version": "2010-03-31", "TopicArn": arn, "Subject": fitting(subject), "Message": text.encode()[:MOST].decode(errors="ignore")}
    body = urlencode(values).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    signed = sigv4.signed("POST", url, headers, body, metadata.credentials(system), region, "sns", system.time())
    try:
        status, answer = system.request("POST", url, signed, body, timeout=10)
    except OSError as failure:
        raise HostError(f"topic: does not answer ({failure})") from None
    if status != 200:
        found = re.search(rb"<Code>([^<]*)</Code>\s*<Message>([^<]*)</Message>", answer)
        raise HostError(f"topic: was answered with {status}{': ' + b' '.join(found.groups()).decode(errors='replace') if found else ''}")


def fitting(subject):
    """A subject as SNS takes it: ASCII without control characters, fewer than 100, that begins with no space."""
    return re.sub(r"[^ -~]", "?", subject).strip()[:99]
