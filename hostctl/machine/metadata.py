"""What a cloud's machine may do, from its metadata service. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html"""
import json

from .errors import HostError
from .sigv4 import Credentials

ADDRESS = "http://169.254.169.254"
ROLES = "/latest/meta-data/iam/security-credentials/"


def credentials(system):
    """Those of the machine's role, good for some hours. Raises HostError where there is no such service or no role."""
    token = _ask(system, "PUT", "/latest/api/token", {"X-aws-ec2-metadata-token-ttl-seconds": "60"})
    headers = {"X-aws-ec2-metadata-token": token}
    role = _ask(system, "GET", ROLES, headers).strip()
    found = json.loads(_ask(system, "GET", ROLES + role, headers))
    return Credentials(found["AccessKeyId"], found["SecretAccessKey"], found["Token"])


def _ask(system, method, path, headers):
    try:
        status, body = system.request(method, ADDRESS + path, headers, timeout=5)
    except OSError as failure:
        raise HostError(f"metadata service: does not answer ({failure})") from None
    if status != 200:
        raise HostError(f"metadata service: {method} {path} was answered with {status}")
    return body.decode()
