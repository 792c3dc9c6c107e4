"""AWS Secrets Manager, as far as a host needs it. https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html"""
import json
import uuid

from ..machine import metadata, sigv4
from ..machine.errors import HostError


class SecretStore:
    def __init__(self, system, endpoint, region):
        self.system, self.endpoint, self.region = system, endpoint, region
        self._credentials = None

    def get(self, name):
        """The JSON object that a secret holds now, or None while it holds nothing. Raises HostError for anything else."""
        status, answer = self._call("GetSecretValue", {"SecretId": name})
        if status != 200 and answer.get("__type", "").endswith("ResourceNotFoundException"):
            return None
        self._must_be_done("GetSecretValue", name, status, answer)
        try:
            value = json.loads(answer.get("SecretString", ""))
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise HostError(f"secret store: {name} must hold one JSON object, got something else; put its last version back, or one with username and password")
        return value

    def put(self, name, value):
        """Make an object what the secret holds now."""
        # The token tells a repetition from a second call.
        status, answer = self._call("PutSecretValue", {"SecretId": name, "SecretString": json.dumps(value), "ClientRequestToken": str(uuid.uuid4())})
        self._must_be_done("PutSecretValue", name, status, answer)

    def _call(self, action, values):
        self._credentials = self._credentials or metadata.credentials(self.system)
        body = json.dumps(values).encode()
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"secretsmanager.{action}"}
        url = f"{self.endpoint}/"
        headers = sigv4.signed("POST", url, headers, body, self._credentials, self.region, "secretsmanager", self.system.time())
        try:
            status, answer = self.system.request("POST", url, headers, body, timeout=10)
        except OSError as failure:
            raise HostError(f"secret store: does not answer ({failure})") from None
        try:
            return status, json.loads(answer)
        except ValueError:
            return status, {}

    @staticmethod
    def _must_be_done(action, name, status, answer):
        if status != 200:
            raise HostError(f"secret store: {action} of {name} was refused: {answer.get('__type', status)} {answer.get('message', answer.get('Message', ''))}".rstrip())
