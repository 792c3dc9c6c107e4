"""The login of hostctl against moto's Secrets Manager: signed by our own code, checked by botocore's. The metadata service and the database
are played by the host's own tests, since moto has none.

Word: moto's URL. Standard input: the role's policy. Standard output: JSON, what happened."""
import contextlib
import json
import sys
import time

import boto3
from hostctl.database import login
from hostctl.database.secretstore import SecretStore
from hostctl.machine import sigv4
from hostctl.machine.errors import HostError
from hostctl.machine.system import System
from hostctl.tests.database import test_login

MOTO, REGION, POLICY = sys.argv[1], "eu-central-1", sys.stdin.read()


def client(service):
    return boto3.client(service, region_name=REGION, endpoint_url=MOTO, aws_access_key_id="x", aws_secret_access_key="x")


store = client("secretsmanager")
app = store.create_secret(Name="webstack-aws-login")["ARN"]
master = store.create_secret(Name="rds!db-1", SecretString=json.dumps(test_login.MASTER))["ARN"]
client("iam").create_role(RoleName="host-role", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": []}))
client("iam").put_role_policy(RoleName="host-role", PolicyName="host-login", PolicyDocument=POLICY)
role = client("sts").assume_role(RoleArn="arn:aws:iam::123456789012:role/host-role", RoleSessionName="host")["Credentials"]
ROLE = sigv4.Credentials(role["AccessKeyId"], role["SecretAccessKey"], role["SessionToken"])


class Host(test_login.Cloud):
    """The host of the unit tests, whose store of secrets is moto's, over HTTP."""

    def request(self, method, url, headers, body=b"", *, timeout):
        if url.startswith(MOTO):
            status, answer = System.request(self, method, url, headers, body, timeout=timeout)
            self.calls.append((headers["X-Amz-Target"], status))
            return status, answer
        return super().request(method, url, headers, body, timeout=timeout)

    def time(self):
        return time.time()


test_login.ROLE = ROLE
test_login.SETTINGS.update(endpoint=MOTO, region=REGION, secret=app, master=master)


@contextlib.contextmanager
def unguarded():
    """Everybody may do everything meanwhile; before and after, every request must be signed and allowed by a policy."""
    reset = lambda calls: System().request("POST", f"{MOTO}/moto-api/reset-auth", {}, calls, timeout=10)
    reset(b"inf")
    yield
    reset(b"0")


def held():
    """What the store holds, as AWS's own SDK reads it."""
    with unguarded():
        return json.loads(store.get_secret_value(SecretId=app)["SecretString"])


def refusal(credentials):
    """What is said of a call that must not work."""
    host = SecretStore(machine, MOTO, REGION)
    host._credentials = credentials
    try:
        return f"it was answered: {host.get(app)}"
    except HostError as error:
        return str(error)


case = test_login.LoginTest()
case.setUp()
machine = case.machine
machine.__class__ = Host
told = {}
try:
    with unguarded():
        pass  # The guard stands from here on.
    case.apply()
    first = held()
    told["first"] = {"user": first["username"], "the app has it": machine.url == machine.url_of(first)}
    machine.calls.clear()
    case.verb(["follow-login"])
    told["unchanged"] = {"calls": list(machine.calls), "the app has it": machine.url == machine.url_of(first)}
    case.verb(["rotate-database-password"])
    second = held()
    told["rotated"] = {
        "user": second["username"], "another password": second["password"] != first["password"], "the app has it": machine.url == machine.url_of(second),
        "the old one is good": machine._lets_in(first["username"], first["password"]),
    }
    # Another host, or RDS's console, changes it; this one follows.
    machine.passwords[first["username"]] = "from another host"
    with unguarded():
        store.put_secret_value(SecretId=app, SecretString=json.dumps({**first, "password": "from another host"}))
    case.verb(["follow-login"])
    told["followed"] = machine.url == test_login.SETTINGS["url"].replace("USER:PASSWORD", f"{first['username']}:from%20another%20host")
    told["refused"] = {
        "another key": refusal(sigv4.Credentials(ROLE.key, "wrong", ROLE.token)),
        "no session": refusal(sigv4.Credentials(ROLE.key, ROLE.secret, "")),
        "nobody": refusal(sigv4.Credentials("AKIANOBODY", "secret")),
    }
finally:
    case.doCleanups()
json.dump(told, sys.stdout)
