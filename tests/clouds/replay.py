"""Makes what a recorded graph asks for with AWS's SDK, at an endpoint that plays AWS, and then asks what is there.

Standard input: {"endpoint", "region", "account", "nodes": [{"type", "name", "inputs", "outputs", "dependencies"}]}, as tests/targets/graph.ts
records them. Standard output: {"made": types, "modelled": types, "unknown": types, "calls": "SERVICE:OPERATION" of all that was asked for them,
"found": what the endpoint tells, by subject}.
`modelled` are calls that the endpoint does not play; they are compared with AWS's own description of the call, and that is all: names, types,
choices, patterns and lengths. Every call that is made is compared with it, too."""
import datetime
import functools
import json
import sys

import boto3
import regex
from botocore.exceptions import ParamValidationError
from botocore.validate import validate_parameters

asked = json.load(sys.stdin)
REGION, ACCOUNT = asked["region"], asked["account"]
real = {}
makers, models = {}, {}
calls = set()


@functools.cache
def client(service, region=REGION):
    made = boto3.client(service, region_name=region, endpoint_url=asked["endpoint"], aws_access_key_id="x", aws_secret_access_key="x")
    made.meta.events.register("provide-client-params", lambda params, model, **_: compare(params, model.input_shape, model.name) or calls.add(f"{service}:{model.name}"))
    return made


def compare(value, shape, at):
    """What the SDK knows of a call and does not look at itself: choices, patterns and lengths."""
    if shape is None:
        return
    if shape.type_name == "structure":
        for key, item in value.items():
            if key in shape.members:
                compare(item, shape.members[key], f"{at}.{key}")
    elif shape.type_name == "list":
        for item in value:
            compare(item, shape.member, f"{at}[]")
    elif shape.type_name == "string" and isinstance(value, str):
        # The models are written for Java, whose word for any letter this is.
        pattern = shape.metadata.get("pattern", "").replace(r"\p{all}", r"\s\S")
        if getattr(shape, "enum", None) and value not in shape.enum:
            raise ValueError(f"{at}: {value!r} is none of {', '.join(shape.enum)}")
        if len(value) > shape.metadata.get("max", len(value)):
            raise ValueError(f"{at}: {value!r} is longer than {shape.metadata['max']}")
        if pattern and not regex.fullmatch(pattern, value):
            raise ValueError(f"{at}: {value!r} does not match {pattern}")


def makes(kind):
    def keep(function):
        makers[kind] = function
        return function
    return keep


def modelled(kind, service, operation):
    """A maker that gives the parameters of one call."""
    def keep(function):
        models[kind] = (service, operation, function)
        return function
    return keep


def resolved(value):
    """A value with what the mocks made up replaced by what the endpoint gave."""
    if isinstance(value, dict):
        return {key: resolved(item) for key, item in value.items()}
    if isinstance(value, list):
        return [resolved(item) for item in value]
    if isinstance(value, str):
        for made_up in sorted(real, key=len, reverse=True):
            value = value.replace(made_up, real[made_up])
    return value


def pascal(value, but=()):
    """Keys as the SDK spells them; those of maps in `but` stay."""
    if isinstance(value, dict):
        return {key[:1].upper() + key[1:]: item if key in but else pascal(item, but) for key, item in value.items()}
    return [pascal(item, but) for item in value] if isinstance(value, list) else value


def listed(tags):
    return [{"Key": key, "Value": value} for key, value in (tags or {}).items()]


def tagged(kind, inputs):
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": listed(inputs.get("tags"))}]} if inputs.get("tags") else {}


def given(inputs, *names):
    """Inputs by the SDK's names, those that are there."""
    return pascal({name: inputs[name] for name in names if name in inputs})


def physical(node):
    """The name that the mocks gave where the program gave none."""
    return node["outputs"].get("name") or f"{node['name']}-1234567"


# Network

@makes("aws:ec2/vpc:Vpc")
def _(inputs, node):
    vpc = client("ec2").create_vpc(**given(inputs, "cidrBlock"), **tagged("vpc", inputs))["Vpc"]["VpcId"]
    for name in ("enableDnsHostnames", "enableDnsSupport"):
        client("ec2").modify_vpc_attribute(VpcId=vpc, **{name[0].upper() + name[1:]: {"Value": inputs[name]}})
    return {"id": vpc}


@makes("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
def _(inputs, node):
    group = client("ec2").describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [inputs["vpcId"]]}, {"Name": "group-name", "Values": ["default"]}])["SecurityGroups"][0]
    for way, rules in (("ingress", group["IpPermissions"]), ("egress", group["IpPermissionsEgress"])):
        if rules and inputs[way] == []:
            getattr(client("ec2"), f"revoke_security_group_{way}")(GroupId=group["GroupId"], IpPermissions=rules)
    return {"id": group["GroupId"]}


@makes("aws:ec2/subnet:Subnet")
def _(inputs, node):
    return {"id": client("ec2").create_subnet(**given(inputs, "vpcId", "cidrBlock", "availabilityZone"), **tagged("subnet", inputs))["Subnet"]["SubnetId"]}


@makes("aws:ec2/internetGateway:InternetGateway")
def _(inputs, node):
    gateway = client("ec2").create_internet_gateway(**tagged("internet-gateway", inputs))["InternetGateway"]["InternetGatewayId"]
    client("ec2").attach_internet_gateway(InternetGatewayId=gateway, VpcId=inputs["vpcId"])
    return {"id": gateway}


@makes("aws:ec2/routeTable:RouteTable")
def _(inputs, node):
    return {"id": client("ec2").create_route_table(VpcId=inputs["vpcId"], **tagged("route-table", inputs))["RouteTable"]["RouteTableId"]}


@makes("aws:ec2/route:Route")
def _(inputs, node):
    client("ec2").create_route(**given(inputs, "routeTableId", "destinationCidrBlock", "gatewayId", "natGatewayId"))
    return {}


@makes("aws:ec2/routeTableAssociation:RouteTableAssociation")
def _(inputs, node):
    return {"id": client("ec2").associate_route_table(**given(inputs, "routeTableId", "subnetId"))["AssociationId"]}


@makes("aws:ec2/vpcEndpoint:VpcEndpoint")
def _(inputs, node):
    return {"id": client("ec2").create_vpc_endpoint(**given(inputs, "vpcId", "serviceName", "vpcEndpointType", "routeTableIds"), **tagged("vpc-endpoint", inputs))["VpcEndpoint"]["VpcEndpointId"]}


@makes("aws:ec2/securityGroup:SecurityGroup")
def _(inputs, node):
    group = client("ec2").create_security_group(GroupName=physical(node), **given(inputs, "description", "vpcId"), **tagged("security-group", inputs))["GroupId"]
    # Terraform's provider, and so Pulumi's, takes away the rule that lets everything out.
    client("ec2").revoke_security_group_egress(GroupId=group, IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
    return {"id": group}


def opening(way):
    def make(inputs, node):
        peer = {
            "cidrIpv4": lambda cidr: {"IpRanges": [{"CidrIp": cidr, "Description": inputs["description"]}]},
            "cidrIpv6": lambda cidr: {"Ipv6Ranges": [{"CidrIpv6": cidr, "Description": inputs["description"]}]},
            "referencedSecurityGroupId": lambda group: {"UserIdGroupPairs": [{"GroupId": group, "Description": inputs["description"]}]},
        }
        [(kind, value)] = [(kind, inputs[kind]) for kind in peer if kind in inputs]
        getattr(client("ec2"), f"authorize_security_group_{way}")(
            GroupId=inputs["securityGroupId"], IpPermissions=[{**given(inputs, "ipProtocol", "fromPort", "toPort"), **peer[kind](value)}])
        return {}
    return make


makers["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"] = opening("ingress")
makers["aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"] = opening("egress")


# Machine

@makes("aws:ec2/networkInterface:NetworkInterface")
def _(inputs, node):
    card = client("ec2").create_network_interface(SubnetId=inputs["subnetId"], Groups=inputs["securityGroups"], SecondaryPrivateIpAddressCount=inputs["privateIpsCount"],
                                                  **tagged("network-interface", inputs))["NetworkInterface"]
    own, other = [address["PrivateIpAddress"] for address in sorted(card["PrivateIpAddresses"], key=lambda address: not address["Primary"])]
    real[node["outputs"]["privateIps"][0]] = other
    return {"id": card["NetworkInterfaceId"], "privateIp": own}


@makes("aws:ec2/eip:Eip")
def _(inputs, node):
    address = client("ec2").allocate_address(Domain=inputs["domain"], **tagged("elastic-ip", inputs))
    return {"id": address["AllocationId"], "allocationId": address["AllocationId"], "publicIp": address["PublicIp"]}


@makes("aws:ec2/eipAssociation:EipAssociation")
def _(inputs, node):
    return {"id": client("ec2").associate_address(**given(inputs, "allocationId", "networkInterfaceId", "privateIpAddress", "allowReassociation"))["AssociationId"]}


@makes("aws:ec2/instance:Instance")
def _(inputs, node):
    disk = pascal({key: value for key, value in inputs["rootBlockDevice"].items() if key != "tags"})
    machine = client("ec2").run_instances(
        MinCount=1, MaxCount=1, ImageId=inputs["ami"], IamInstanceProfile={"Name": inputs["iamInstanceProfile"]},
        **given(inputs, "instanceType", "userData", "disableApiTermination", "ebsOptimized", "creditSpecification", "metadataOptions"),
        NetworkInterfaces=[{"DeviceIndex": 0, **pascal(inputs["primaryNetworkInterface"])}], Monitoring={"Enabled": inputs["monitoring"]},
        BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": disk}], **tagged("instance", inputs))["Instances"][0]["InstanceId"]
    return {"id": machine}


# Rights

@makes("aws:iam/role:Role")
def _(inputs, node):
    role = client("iam").create_role(RoleName=physical(node), AssumeRolePolicyDocument=inputs["assumeRolePolicy"], Tags=listed(inputs.get("tags")))["Role"]
    return {"id": role["RoleName"], "arn": role["Arn"]}


@makes("aws:iam/rolePolicy:RolePolicy")
def _(inputs, node):
    client("iam").put_role_policy(RoleName=inputs["role"], PolicyName=node["name"], PolicyDocument=inputs["policy"])
    return {}


@makes("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
def _(inputs, node):
    client("iam").attach_role_policy(RoleName=inputs["role"], PolicyArn=inputs["policyArn"])
    return {}


@makes("aws:iam/instanceProfile:InstanceProfile")
def _(inputs, node):
    client("iam").create_instance_profile(InstanceProfileName=physical(node))
    client("iam").add_role_to_instance_profile(InstanceProfileName=physical(node), RoleName=inputs["role"])
    return {}


# Database

@makes("aws:rds/subnetGroup:SubnetGroup")
def _(inputs, node):
    client("rds").create_db_subnet_group(DBSubnetGroupName=physical(node), DBSubnetGroupDescription=inputs["description"], SubnetIds=inputs["subnetIds"], Tags=listed(inputs["tags"]))
    return {}


@makes("aws:rds/parameterGroup:ParameterGroup")
def _(inputs, node):
    client("rds").create_db_parameter_group(DBParameterGroupName=physical(node), DBParameterGroupFamily=inputs["family"], Description=inputs["description"], Tags=listed(inputs["tags"]))
    client("rds").modify_db_parameter_group(
        DBParameterGroupName=physical(node),
        Parameters=[{"ParameterName": one["name"], "ParameterValue": one["value"], "ApplyMethod": one["applyMethod"]} for one in inputs["parameters"]])
    return {}


# Names of the SDK that are not the input's with a capital; None: what the provider keeps to itself for a later call.
DATABASE = {
    "identifier": "DBInstanceIdentifier", "instanceClass": "DBInstanceClass", "dbName": "DBName", "username": "MasterUsername", "parameterGroupName": "DBParameterGroupName",
    "dbSubnetGroupName": "DBSubnetGroupName", "backupWindow": "PreferredBackupWindow", "maintenanceWindow": "PreferredMaintenanceWindow", "multiAz": "MultiAZ",
    "caCertIdentifier": "CACertificateIdentifier", "performanceInsightsEnabled": "EnablePerformanceInsights", "enabledCloudwatchLogsExports": "EnableCloudwatchLogsExports",
    "applyImmediately": None, "skipFinalSnapshot": None, "finalSnapshotIdentifier": None, "deleteAutomatedBackups": None, "allowMajorVersionUpgrade": None,
}

# The last day on which RDS makes one where Extended Support is off. https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
LAST_DAYS = {("mysql", "5.7"): "2024-02-29", ("mysql", "8.0"): "2026-07-31", ("postgres", "13"): "2026-02-28"}


@makes("aws:rds/instance:Instance")
def _(inputs, node):
    version = (inputs["engine"], inputs["engineVersion"])
    if inputs["engineLifecycleSupport"].endswith("-disabled") and datetime.date.today().isoformat() > LAST_DAYS.get(version, "9999"):
        raise ValueError(f"InvalidParameterCombination: {' '.join(version)} is past its end of standard support, {LAST_DAYS[version]}")
    names = {key: DATABASE.get(key, key[:1].upper() + key[1:]) for key in inputs if key != "tags"}
    made = client("rds").create_db_instance(**{name: inputs[key] for key, name in names.items() if name is not None}, Tags=listed(inputs["tags"]))["DBInstance"]
    real[node["outputs"]["masterUserSecrets"][0]["secretArn"]] = made["MasterUserSecret"]["SecretArn"]
    return {"arn": made["DBInstanceArn"], "address": made["Endpoint"]["Address"]}


@makes("aws:secretsmanager/secret:Secret")
def _(inputs, node):
    made = client("secretsmanager").create_secret(Name=node["outputs"]["arn"].split(":")[-1], Description=inputs["description"], Tags=listed(inputs["tags"]))
    return {"id": made["ARN"], "arn": made["ARN"]}


# Backups

@makes("aws:s3/bucket:Bucket")
def _(inputs, node):
    client("s3").create_bucket(Bucket=node["outputs"]["bucket"], CreateBucketConfiguration={"LocationConstraint": REGION})
    return {"id": node["outputs"]["bucket"]}


@makes("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")
def _(inputs, node):
    client("s3").put_public_access_block(Bucket=inputs["bucket"], PublicAccessBlockConfiguration=given(inputs, "blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"))
    return {}


@makes("aws:s3/bucketOwnershipControls:BucketOwnershipControls")
def _(inputs, node):
    client("s3").put_bucket_ownership_controls(Bucket=inputs["bucket"], OwnershipControls={"Rules": [pascal(inputs["rule"])]})
    return {}


@makes("aws:s3/bucketVersioning:BucketVersioning")
def _(inputs, node):
    client("s3").put_bucket_versioning(Bucket=inputs["bucket"], VersioningConfiguration=pascal(inputs["versioningConfiguration"]))
    return {}


@makes("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration")
def _(inputs, node):
    rules = [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": rule["applyServerSideEncryptionByDefault"]["sseAlgorithm"]}, **given(rule, "bucketKeyEnabled")} for rule in inputs["rules"]]
    client("s3").put_bucket_encryption(Bucket=inputs["bucket"], ServerSideEncryptionConfiguration={"Rules": rules})
    return {}


@makes("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
def _(inputs, node):
    rules = [{"ID": rule["id"], **pascal({key: value for key, value in rule.items() if key != "id"})} for rule in inputs["rules"]]
    client("s3").put_bucket_lifecycle_configuration(Bucket=inputs["bucket"], LifecycleConfiguration={"Rules": rules})
    return {}


@makes("aws:s3/bucketPolicy:BucketPolicy")
def _(inputs, node):
    client("s3").put_bucket_policy(Bucket=inputs["bucket"], Policy=inputs["policy"])
    return {}


@makes("aws:backup/vault:Vault")
def _(inputs, node):
    return {"arn": client("backup").create_backup_vault(BackupVaultName=inputs["name"], BackupVaultTags=inputs["tags"])["BackupVaultArn"]}


@makes("aws:backup/plan:Plan")
def _(inputs, node):
    names = {"StartWindow": "StartWindowMinutes", "CompletionWindow": "CompletionWindowMinutes", "Schedule": "ScheduleExpression", "TargetVaultName": "TargetBackupVaultName"}
    rules = [{names.get(key, key): value for key, value in pascal(rule).items()} for rule in inputs["rules"]]
    for rule in rules:
        rule["Lifecycle"] = {"DeleteAfterDays": rule["Lifecycle"]["DeleteAfter"]}
    return {"id": client("backup").create_backup_plan(BackupPlan={"BackupPlanName": inputs["name"], "Rules": rules}, BackupPlanTags=inputs["tags"])["BackupPlanId"]}


@modelled("aws:backup/selection:Selection", "backup", "CreateBackupSelection")
def _(inputs, node):
    return {"BackupPlanId": inputs["planId"], "BackupSelection": {"SelectionName": inputs["name"], **given(inputs, "iamRoleArn", "resources")}}


@modelled("aws:backup/restoreTestingPlan:RestoreTestingPlan", "backup", "CreateRestoreTestingPlan")
def _(inputs, node):
    return {"RestoreTestingPlan": {"RestoreTestingPlanName": inputs["name"], **given(inputs, "scheduleExpression", "startWindowHours", "recoveryPointSelection")}, "Tags": inputs["tags"]}


@modelled("aws:backup/restoreTestingSelection:RestoreTestingSelection", "backup", "CreateRestoreTestingSelection")
def _(inputs, node):
    return {
        "RestoreTestingPlanName": inputs["restoreTestingPlanName"],
        "RestoreTestingSelection": {
            "RestoreTestingSelectionName": inputs["name"], "RestoreMetadataOverrides": inputs["restoreMetadataOverrides"],
            **given(inputs, "iamRoleArn", "protectedResourceArns", "protectedResourceType", "validationWindowHours"),
        },
    }


@modelled("aws:dlm/lifecyclePolicy:LifecyclePolicy", "dlm", "CreateLifecyclePolicy")
def _(inputs, node):
    details = pascal({key: value for key, value in inputs["policyDetails"].items() if key != "targetTags"})
    details["TargetTags"] = listed(inputs["policyDetails"]["targetTags"])
    return {**given(inputs, "executionRoleArn", "description", "state"), "PolicyDetails": details, "Tags": inputs["tags"]}


@makes("aws:batch/computeEnvironment:ComputeEnvironment")
def _(inputs, node):
    resources = {"maxvCpus" if key == "maxVcpus" else key: value for key, value in inputs["computeResources"].items()}
    # The account's own role of the service, which AWS takes where none is named; the emulator wants it said.
    role = client("iam").create_role(RoleName="AWSServiceRoleForBatch", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    return {"arn": client("batch").create_compute_environment(computeEnvironmentName=node["name"], type=inputs["type"], computeResources=resources, serviceRole=role, tags=inputs["tags"])["computeEnvironmentArn"]}


@makes("aws:batch/jobQueue:JobQueue")
def _(inputs, node):
    return {"arn": client("batch").create_job_queue(
        jobQueueName=node["name"], computeEnvironmentOrder=inputs["computeEnvironmentOrders"], priority=inputs["priority"], state=inputs["state"], tags=inputs["tags"])["jobQueueArn"]}


@makes("aws:batch/jobDefinition:JobDefinition")
def _(inputs, node):
    same = {key: inputs[key] for key in ("type", "platformCapabilities", "retryStrategy", "timeout", "tags")}
    return {"arn": client("batch").register_job_definition(jobDefinitionName=node["name"], containerProperties=json.loads(inputs["containerProperties"]), **same)["jobDefinitionArn"]}


@makes("aws:scheduler/schedule:Schedule")
def _(inputs, node):
    client("scheduler").create_schedule(**given(inputs, "name", "scheduleExpression", "scheduleExpressionTimezone", "flexibleTimeWindow", "target"))
    return {}


# Watching

@makes("aws:cloudwatch/logGroup:LogGroup")
def _(inputs, node):
    client("logs").create_log_group(logGroupName=inputs["name"], tags=inputs.get("tags", {}))
    client("logs").put_retention_policy(logGroupName=inputs["name"], retentionInDays=inputs["retentionInDays"])
    return {}


@makes("aws:cloudwatch/logMetricFilter:LogMetricFilter")
def _(inputs, node):
    metric = inputs["metricTransformation"]
    client("logs").put_metric_filter(
        filterName=node["name"], logGroupName=inputs["logGroupName"], filterPattern=inputs["pattern"],
        metricTransformations=[{"metricName": metric["name"], "metricNamespace": metric["namespace"], "metricValue": metric["value"], "defaultValue": float(metric["defaultValue"]), "unit": metric["unit"]}])
    return {}


@makes("aws:cloudwatch/metricAlarm:MetricAlarm")
def _(inputs, node):
    same = given(inputs, "alarmDescription", "metricName", "namespace", "statistic", "comparisonOperator", "threshold", "period", "evaluationPeriods", "treatMissingData", "alarmActions")
    dimensions = [{"Name": key, "Value": value} for key, value in inputs.get("dimensions", {}).items()]
    client("cloudwatch", inputs.get("region", REGION)).put_metric_alarm(AlarmName=inputs["name"], Dimensions=dimensions, OKActions=inputs["okActions"], Tags=listed(inputs["tags"]), **same)
    return {}


@makes("aws:cloudwatch/dashboard:Dashboard")
def _(inputs, node):
    client("cloudwatch").put_dashboard(**given(inputs, "dashboardName", "dashboardBody"))
    return {}


@makes("aws:cloudwatch/eventRule:EventRule")
def _(inputs, node):
    client("events").put_rule(Name=physical(node), **given(inputs, "description", "eventPattern"), Tags=listed(inputs["tags"]))
    return {}


@makes("aws:cloudwatch/eventTarget:EventTarget")
def _(inputs, node):
    answer = client("events").put_targets(Rule=inputs["rule"], Targets=[{"Id": node["name"], "Arn": inputs["arn"]}])
    assert answer["FailedEntryCount"] == 0, answer
    return {}


@makes("aws:sns/topic:Topic")
def _(inputs, node):
    return {"arn": client("sns", inputs["region"]).create_topic(Name=inputs["name"], Tags=listed(inputs["tags"]))["TopicArn"]}


@makes("aws:sns/topicPolicy:TopicPolicy")
def _(inputs, node):
    client("sns", inputs["region"]).set_topic_attributes(TopicArn=inputs["arn"], AttributeName="Policy", AttributeValue=inputs["policy"])
    return {}


@makes("aws:sns/topicSubscription:TopicSubscription")
def _(inputs, node):
    client("sns", inputs["region"]).subscribe(TopicArn=inputs["topic"], Protocol=inputs["protocol"], Endpoint=inputs["endpoint"])
    return {}


@makes("aws:route53/healthCheck:HealthCheck")
def _(inputs, node):
    names = {"fqdn": "FullyQualifiedDomainName", "ipAddress": "IPAddress", "enableSni": "EnableSNI"}
    config = {names.get(key, key[:1].upper() + key[1:]): value for key, value in inputs.items() if key != "tags"}
    return {"id": client("route53").create_health_check(CallerReference=node["name"], HealthCheckConfig=config)["HealthCheck"]["Id"]}


@makes("aws:route53/record:Record")
def _(inputs, node):
    records = [{"Value": value} for value in inputs["records"]]
    change = {"Action": "UPSERT" if inputs.get("allowOverwrite") else "CREATE", "ResourceRecordSet": {"Name": inputs["name"], "Type": inputs["type"], "TTL": inputs["ttl"], "ResourceRecords": records}}
    client("route53").change_resource_record_sets(HostedZoneId=inputs["zoneId"], ChangeBatch={"Changes": [change]})
    return {}


@makes("aws:budgets/budget:Budget")
def _(inputs, node):
    notifications = [
        {
            "Notification": given(one, "notificationType", "comparisonOperator", "threshold", "thresholdType"),
            "Subscribers": [{"SubscriptionType": "EMAIL", "Address": address} for address in one["subscriberEmailAddresses"]],
        } for one in inputs["notifications"]]
    client("budgets", "us-east-1").create_budget(
        AccountId=ACCOUNT, NotificationsWithSubscribers=notifications,
        Budget={"BudgetName": inputs["name"], "BudgetLimit": {"Amount": inputs["limitAmount"], "Unit": inputs["limitUnit"]}, **given(inputs, "timeUnit", "budgetType")})
    return {}


# What is there before the stack: an image and a zone, which the program looks up.
def prepare():
    image = next((node["inputs"]["ami"] for node in asked["nodes"] if node["type"] == "aws:ec2/instance:Instance"), None)
    if image is not None:
        real[image] = client("ec2").register_image(Name="debian-12", Architecture="x86_64", RootDeviceName="/dev/xvda")["ImageId"]
    for zone, name in {(node["inputs"]["zoneId"], node["inputs"]["name"]) for node in asked["nodes"] if node["type"] == "aws:route53/record:Record"}:
        if zone not in real:
            real[zone] = client("route53").create_hosted_zone(Name=".".join(name.split(".")[-2:]), CallerReference=zone)["HostedZone"]["Id"].split("/")[-1]


def in_order(nodes):
    names, done = {node["name"] for node in nodes}, set()
    while nodes:
        ready = [node for node in nodes if all(name in done or name not in names or name == node["name"] for name in node["dependencies"])]
        assert ready, [node["name"] for node in nodes]
        yield from ready
        done |= {node["name"] for node in ready}
        nodes = [node for node in nodes if node["name"] not in done]


def found():
    ec2, s3, rds, iam, watch = client("ec2"), client("s3"), client("rds"), client("iam"), client("cloudwatch")
    of = lambda kind: [node for node in asked["nodes"] if node["type"] == kind]
    about = {
        "groups": ec2.describe_security_groups()["SecurityGroups"],
        "subnets": ec2.describe_subnets()["Subnets"],
        "tables": ec2.describe_route_tables()["RouteTables"],
        "addresses": ec2.describe_addresses()["Addresses"],
        "machines": [machine for group in ec2.describe_instances()["Reservations"] for machine in group["Instances"]],
        "volumes": ec2.describe_volumes()["Volumes"],
        "databases": rds.describe_db_instances()["DBInstances"],
        "parameters": {group["DBParameterGroupName"]: rds.describe_db_parameters(DBParameterGroupName=group["DBParameterGroupName"])["Parameters"] for group in rds.describe_db_parameter_groups()["DBParameterGroups"]},
        "roles": {role["RoleName"]: {
            "trusted": role["AssumeRolePolicyDocument"], "own": iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"],
            "lent": [policy["PolicyArn"] for policy in iam.list_attached_role_policies(RoleName=role["RoleName"])["AttachedPolicies"]],
        } for role in iam.list_roles()["Roles"]},
        "secrets": client("secretsmanager").list_secrets()["SecretList"],
        "alarms": {region: client("cloudwatch", region).describe_alarms()["MetricAlarms"] for region in (REGION, "us-east-1")},
        "topics": {region: [{**client("sns", region).get_topic_attributes(TopicArn=topic["TopicArn"])["Attributes"], "subscriptions": client("sns", region).list_subscriptions_by_topic(TopicArn=topic["TopicArn"])["Subscriptions"]}
                            for topic in client("sns", region).list_topics()["Topics"]] for region in (REGION, "us-east-1")},
        "logs": client("logs").describe_log_groups()["logGroups"],
        "filters": client("logs").describe_metric_filters()["metricFilters"],
        "plans": [client("backup").get_backup_plan(BackupPlanId=plan["BackupPlanId"])["BackupPlan"] for plan in client("backup").list_backup_plans()["BackupPlansList"]],
        "checks": client("route53").list_health_checks()["HealthChecks"],
        "budgets": [{**budget, "notifications": client("budgets", "us-east-1").describe_notifications_for_budget(AccountId=ACCOUNT, BudgetName=budget["BudgetName"])["Notifications"]}
                    for budget in client("budgets", "us-east-1").describe_budgets(AccountId=ACCOUNT).get("Budgets", [])],
        "dashboards": {entry["DashboardName"]: json.loads(watch.get_dashboard(DashboardName=entry["DashboardName"])["DashboardBody"]) for entry in watch.list_dashboards()["DashboardEntries"]},
        "schedules": [client("scheduler").get_schedule(Name=schedule["Name"]) for schedule in client("scheduler").list_schedules()["Schedules"]],
        "definitions": client("batch").describe_job_definitions()["jobDefinitions"],
        "queues": client("batch").describe_job_queues()["jobQueues"],
        "environments": client("batch").describe_compute_environments()["computeEnvironments"],
        "targets": {rule["Name"]: client("events").list_targets_by_rule(Rule=rule["Name"])["Targets"] for rule in client("events").list_rules()["Rules"]},
        "buckets": {},
    }
    for node in of("aws:s3/bucket:Bucket"):
        name = {"Bucket": node["outputs"]["bucket"]}
        about["buckets"][node["name"]] = {
            "policy": json.loads(s3.get_bucket_policy(**name)["Policy"]),
            "versioning": s3.get_bucket_versioning(**name).get("Status"),
            "encryption": s3.get_bucket_encryption(**name)["ServerSideEncryptionConfiguration"]["Rules"],
            "block": s3.get_public_access_block(**name)["PublicAccessBlockConfiguration"],
            "lifecycle": s3.get_bucket_lifecycle_configuration(**name)["Rules"],
            "ownership": s3.get_bucket_ownership_controls(**name)["OwnershipControls"]["Rules"],
        }
    return about


made, compared, unknown = set(), set(), set()
prepare()
calls.clear()
for node in in_order([node for node in asked["nodes"] if node["type"].startswith("aws:")]):
    inputs, kind = resolved(node["inputs"]), node["type"]
    try:
        if kind in makers:
            for key, value in makers[kind](inputs, node).items():
                if key in node["outputs"]:
                    real[node["outputs"][key]] = value
            made.add(kind)
        elif kind in models:
            service, operation, parameters = models[kind]
            shape = client(service).meta.service_model.operation_model(operation).input_shape
            validate_parameters(parameters(inputs, node), shape)
            compare(parameters(inputs, node), shape, operation)
            compared.add(kind)
            calls.add(f"{service}:{operation}")
        else:
            unknown.add(kind)
    except ParamValidationError as error:
        raise SystemExit(f"{kind} {node['name']}: {error}") from None
    except Exception as error:
        raise SystemExit(f"{kind} {node['name']}: {type(error).__name__}: {error}") from error
asked_for = sorted(calls)
json.dump({"made": sorted(made), "modelled": sorted(compared), "unknown": sorted(unknown), "calls": asked_for, "found": found()}, sys.stdout, default=str)
