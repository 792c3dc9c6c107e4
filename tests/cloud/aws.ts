import { randomBytes } from "node:crypto";
import { sign } from "./authority";
import { hostImage } from "./images";
import { runInside } from "./inside";
import type { Cloud, Kind } from "./kind";
import * as machines from "./machines";
import * as mariadb from "./mariadb";
import { checkName } from "./names";
import * as postgres from "./postgres";
import * as rds from "./rds";
import { createSecret, deleteSecret } from "./secrets";
import type { Services } from "./services";
import { createBucket, deleteBucket } from "./storage";
import type { Plain, Store, Stored } from "./store";

const account = "123456789012";
const region = process.env.AWS_REGION ?? "eu-central-1";

const [Vpc, Subnet, NetworkInterface, Instance] = [
  "aws:ec2/vpc:Vpc",
  "aws:ec2/subnet:Subnet",
  "aws:ec2/networkInterface:NetworkInterface",
  "aws:ec2/instance:Instance",
];
const [Eip, EipAssociation] = ["aws:ec2/eip:Eip", "aws:ec2/eipAssociation:EipAssociation"];
const [Database, ParameterGroup, SubnetGroup] = [rds.Instance, rds.ParameterGroup, "aws:rds/subnetGroup:SubnetGroup"];
const [Secret, Bucket, Vault, Record] = [
  "aws:secretsmanager/secret:Secret",
  "aws:s3/bucket:Bucket",
  "aws:backup/vault:Vault",
  "aws:route53/record:Record",
];
const Topic = "aws:sns/topic:Topic";
const [Selected, Rehearsed, Images] = [
  "aws:backup/selection:Selection",
  "aws:backup/restoreTestingSelection:RestoreTestingSelection",
  "aws:dlm/lifecyclePolicy:LifecyclePolicy",
];

const text = (value: unknown) => (value === undefined || value === null ? "" : String(value));
const list = (value: unknown) => (Array.isArray(value) ? value.map(String) : []);
const number = () => randomBytes(9).toString("hex").slice(0, 17);
const arnOf = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;

const vpc: Kind = {
  async create({ store }, inputs) {
    const id = `vpc-${number()}`;
    const network = { name: `${store.account().name}-${id.slice(4, 8)}`, range: text(inputs.cidrBlock) };
    await machines.createNetwork(network);
    return { id, outputs: { network: network.name, arn: arnOf("ec2", `vpc/${id}`) } };
  },
  async delete({ store }, stored) {
    const left = store.all(Subnet).filter(({ inputs }) => inputs.vpcId === stored.id);
    if (left.length > 0) throw new Error(`DependencyViolation: The vpc '${stored.id}' has dependencies and cannot be deleted.`);
    await machines.deleteNetwork(networkOf(stored));
  },
};

const networkOf = (stored: Stored): machines.Network => ({ name: text(stored.outputs.network), range: text(stored.inputs.cidrBlock) });

/** Addresses wait for what they are for: two that are made at once must not get the same. */
const reserved = new Set<string>();

function freeAddress(store: Store, subnet: Stored): string {
  const taken = [...store.all(NetworkInterface), ...store.all(Database), ...store.all(Instance)].flatMap(({ outputs }) => [
    ...list(outputs.privateIps),
    text(outputs.privateIp),
    text(outputs.address),
  ]);
  const address = machines.freeAddress(text(subnet.inputs.cidrBlock), [...taken.filter((one) => one !== ""), ...reserved]);
  reserved.add(address);
  return address;
}

const networkInterface: Kind = {
  create: ({ store }, inputs) => {
    const subnet = store.must(Subnet, text(inputs.subnetId));
    const id = `eni-${number()}`;
    const privateIps = Array.from({ length: 1 + Number(inputs.privateIpsCount ?? 0) }, () => freeAddress(store, subnet));
    return Promise.resolve({
      id,
      outputs: { privateIp: privateIps[0], privateIps, arn: arnOf("ec2", `network-interface/${id}`), macAddress: "02:00:00:00:00:01" },
    });
  },
  delete: ({ store }, stored) => {
    for (const address of list(stored.outputs.privateIps)) reserved.delete(address);
    const user = store.all(Instance).find(({ outputs }) => outputs.card === stored.id);
    return user === undefined
      ? Promise.resolve()
      : Promise.reject(new Error(`InvalidParameterValue: Network interface '${stored.id}' is currently in use.`));
  },
};

/** "t3.small": https://aws.amazon.com/ec2/instance-types/ for the families whose machines have two processors up to "large". */
function sizeOf(type: string): machines.Size {
  const gigabytes: Readonly<Record<string, number>> = { nano: 0.5, micro: 1, small: 2, medium: 4, large: 8, xlarge: 16 };
  const memory = gigabytes[type.split(".").at(-1) ?? ""];
  if (memory === undefined) throw new Error(`InvalidParameterValue: the simulated cloud has no instance type ${type}`);
  return { memoryMiB: memory * 1024, cpus: 2 };
}

/** Made of the image's name, whose release of Debian is the first two digits. */
const imageId = (name: string): string => `ami-${name.slice("debian-".length).slice(0, 2)}${Buffer.from(name).toString("hex").slice(-15)}`;

/** As far as the number of an image tells it: "debian-13". */
const nameOfImage = (id: string): string => `debian-${id.slice("ami-".length).slice(0, 2)}`;

/** Has a machine find the cloud's own services by their names, and believe their certificate. */
const introduced = (
  { names, address, authority }: Services,
  buckets: readonly Stored[],
) => `echo '${address} ${[...names, ...buckets.map(({ id }) => `${id}.s3.dualstack.${region}.amazonaws.com`)].join(" ")}' >> /etc/hosts
cat > /usr/local/share/ca-certificates/simulated.crt <<'EOF'
${authority.certificate}EOF
update-ca-certificates > /dev/null 2>&1
`;

const instance: Kind = {
  async create(context, inputs) {
    const { store, addresses, fault } = context;
    const cardId = text((inputs.primaryNetworkInterface as Plain | undefined)?.networkInterfaceId);
    const card = cardId === "" ? undefined : store.must(NetworkInterface, cardId);
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
    if (card !== undefined && store.all(Instance).some(({ outputs }) => outputs.card === card.id))
      throw new Error(`InvalidNetworkInterface.InUse: Interface: [${card.id}] in use.`);
    const subnet = store.must(Subnet, text(card?.inputs.subnetId ?? inputs.subnetId));
    const network = networkOf(store.must(Vpc, text(subnet.inputs.vpcId)));
    const address = card === undefined ? freeAddress(store, subnet) : text(card.outputs.privateIp);
    const id = `i-${number()}`;
    const { services } = store.account();
    const machine = `${store.account().name}-${id.slice(2, 10)}`;
    const userData =
      inputs.userDataBase64 === undefined ? text(inputs.userData) : Buffer.from(text(inputs.userDataBase64), "base64").toString();
    await machines.createMachine(network, {
      name: machine,
      address,
      userData,
      recipe: hostImage(nameOfImage(text(inputs.ami))),
      ...sizeOf(text(inputs.instanceType)),
    });
    reserved.delete(address);
    if (services !== undefined) runInside(machine, introduced(services, store.all(Bucket)));
    const isPublic = card === undefined && (inputs.associatePublicIpAddress ?? subnet.inputs.mapPublicIpOnLaunch) === true;
    const outputs = {
      ...{ machine, card: cardId, closedPorts: fault?.closedPorts ?? [], privateIp: address, publicIp: isPublic ? addresses.take() : "" },
      ...{
        arn: arnOf("ec2", `instance/${id}`),
        instanceState: "running",
        primaryNetworkInterfaceId: cardId,
        availabilityZone: text(subnet.inputs.availabilityZone),
      },
    };
    store.put({ id, type: Instance, inputs, outputs });
    context.lead();
    return { id, outputs };
  },
  async update({ store }, stored, inputs) {
    await machines.resizeMachine(text(stored.outputs.machine), sizeOf(text(inputs.instanceType)));
    store.put({ ...stored, inputs });
    return {};
  },
  async delete(context, stored) {
    const { store, addresses } = context;
    if (stored.inputs.disableApiTermination === true && stored.inputs.forceDestroy !== true) {
      throw new Error(
        `OperationNotPermitted: The instance '${stored.id}' may not be terminated. Modify its 'disableApiTermination' instance ` +
          "attribute and try again.",
      );
    }
    await machines.deleteMachine(text(stored.outputs.machine));
    if (stored.outputs.publicIp !== "") addresses.release(text(stored.outputs.publicIp));
    store.remove(Instance, stored.id);
    context.lead();
  },
  lives: (_context, stored) => machines.isRunning(text(stored.outputs.machine)),
};

const eip: Kind = {
  create(context, inputs) {
    const id = `eipalloc-${number()}`;
    const publicIp = context.addresses.take();
    const outputs = {
      publicIp,
      allocationId: id,
      arn: arnOf("ec2", `elastic-ip/${id}`),
      publicDns: publicIp,
      associationId: "",
      target: text(inputs.instance),
      targetAddress: "",
    };
    context.store.put({ id, type: Eip, inputs, outputs });
    context.lead();
    return Promise.resolve({ id, outputs });
  },
  delete(context, stored) {
    context.addresses.release(text(stored.outputs.publicIp));
    context.store.remove(Eip, stored.id);
    context.lead();
    return Promise.resolve();
  },
};

/**
 * Associating moves the address; ending an association that was moved on does nothing.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html
 */
const eipAssociation: Kind = {
  create(context, inputs) {
    const { store } = context;
    const address = store.must(Eip, text(inputs.allocationId));
    const id = `eipassoc-${number()}`;
    const target = text(inputs.networkInterfaceId ?? inputs.instanceId);
    if (address.outputs.associationId !== "" && inputs.allowReassociation === false)
      throw new Error(`Resource.AlreadyAssociated: resource ${address.id} is already associated`);
    store.put({ ...address, outputs: { ...address.outputs, associationId: id, target, targetAddress: text(inputs.privateIpAddress) } });
    context.lead();
    return Promise.resolve({ id, outputs: { publicIp: address.outputs.publicIp } });
  },
  delete(context, stored) {
    const { store } = context;
    const address = store.get(Eip, text(stored.inputs.allocationId));
    if (address?.outputs.associationId === stored.id)
      store.put({ ...address, outputs: { ...address.outputs, associationId: "", target: "", targetAddress: "" } });
    context.lead();
    return Promise.resolve();
  },
  lives: ({ store }, stored) => store.get(Eip, text(stored.inputs.allocationId))?.outputs.associationId === stored.id,
};

/**
 * The last day on which RDS makes one without Extended Support.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
 */
const lastDays: Readonly<Record<string, string>> = { "mysql 5.7": "2024-02-29", "mysql 8.0": "2026-07-31", "postgres 13": "2026-02-28" };

const database: Kind = {
  async create({ store }, inputs) {
    const lastDay = lastDays[`${text(inputs.engine)} ${text(inputs.engineVersion)}`];
    if (
      inputs.engineLifecycleSupport === "open-source-rds-extended-support-disabled" &&
      lastDay !== undefined &&
      new Date().toISOString().slice(0, 10) > lastDay
    ) {
      throw new Error(
        `InvalidParameterCombination: ${text(inputs.engine)} ${text(inputs.engineVersion)} is past its end of standard support, ` +
          `${lastDay}, and Extended Support is disabled`,
      );
    }
    const versions: Readonly<Record<string, string>> = { postgres: "15", mysql: "8.4" };
    const version = versions[text(inputs.engine)];
    if (version === undefined || !text(inputs.engineVersion).startsWith(version))
      throw new Error(
        `the simulated cloud has only engine postgres in version 15 and mysql in version 8.4, got ${text(inputs.engine)} ` +
          `${text(inputs.engineVersion)}`,
      );
    const { services } = store.account();
    if (inputs.password === undefined && (services === undefined || inputs.manageMasterUserPassword !== true))
      throw new Error("the simulated cloud has no Secrets Manager that would keep the master's password: give password");
    const began = rds.beginning(store, inputs);
    const group = store.all(SubnetGroup).find(({ inputs: { name } }) => name === inputs.dbSubnetGroupName);
    const subnet = store.must(Subnet, list(group?.inputs.subnetIds)[0] ?? "");
    const network = store.must(Vpc, text(subnet.inputs.vpcId));
    const address = freeAddress(store, subnet);
    const id = text(inputs.identifier) || `db-${number()}`;
    const port = Number(inputs.port ?? 5432);
    // The master of a copy, too, gets a password of its own where RDS keeps it.
    const [user, password] = [began?.user ?? text(inputs.username), text(inputs.password) || postgres.newPassword()];
    const signed =
      services === undefined ? undefined : { ca: services.authority.certificate, ...sign(services.authority, [`IP:${address}`]) };
    const machine = `${store.account().name}-db-${number().slice(0, 4)}`;
    if (inputs.engine === "mysql") {
      if (signed === undefined) throw new Error("the simulated cloud has no authority that signs a MySQL");
      await mariadb.createMariadb(
        networkOf(network),
        machine,
        address,
        sizeOf(text(inputs.instanceClass)),
        port,
        rds.settings(store, inputs.parameterGroupName),
        signed,
      );
      if (began === null) mariadb.begin(machine, user, password, text(inputs.dbName));
      else {
        mariadb.ask(machine, began.history);
        mariadb.setPassword(machine, user, password);
      }
    } else {
      const server = await postgres.createPostgres(
        networkOf(network),
        machine,
        address,
        sizeOf(text(inputs.instanceClass)),
        port,
        user,
        password,
        signed,
      );
      if (inputs.dbName !== undefined)
        postgres.ask(server, "postgres", `CREATE DATABASE ${postgres.quoted(text(inputs.dbName))} OWNER ${postgres.quoted(user)}`);
      postgres.allow(server, [text(network.inputs.cidrBlock)]);
    }
    reserved.delete(address);
    // RDS's own, as it names them: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
    const secretArn =
      services === undefined || inputs.manageMasterUserPassword !== true
        ? ""
        : await createSecret(services.api, `rds!${id}`, { username: user, password });
    const masterUserSecrets = secretArn === "" ? [] : [{ secretArn, secretStatus: "active", kmsKeyId: "" }];
    const outputs = {
      machine,
      username: user,
      masterUserSecrets,
      identifier: id,
      address,
      port,
      endpoint: `${address}:${port}`,
      arn: arnOf("rds", `db:${id}`),
      status: "available",
      resourceId: `db-${number()}`,
    };
    store.put({ id, type: Database, inputs, outputs });
    return { id, outputs };
  },
  update: (_context, stored, inputs) => {
    rds.checkChange(stored, inputs);
    const [machine, size] = [text(stored.outputs.machine), sizeOf(text(inputs.instanceClass))];
    if (inputs.engine === "mysql") machines.growMachine(machine, size);
    else postgres.resize({ machine }, size);
    return Promise.resolve({});
  },
  async delete({ store }, stored) {
    rds.end(store, stored);
    await machines.deleteMachine(text(stored.outputs.machine));
    const { services } = store.account();
    for (const { secretArn } of stored.outputs.masterUserSecrets as { secretArn: string }[])
      if (services !== undefined) await deleteSecret(services.api, secretArn);
  },
  lives: (_context, stored) => machines.isRunning(text(stored.outputs.machine)),
};

const parameterGroup: Kind = {
  delete({ store }, stored) {
    rds.endGroup(store, stored);
    return Promise.resolve();
  },
};

/** One vault of a name in an account. What the first night puts into it keeps it, unless the program wants that away, too. */
const vault: Kind = {
  create({ store }, inputs) {
    const id = text(inputs.name);
    if (store.get(Vault, id) !== undefined)
      return Promise.reject(new Error(`AlreadyExistsException: Backup vault with the same name already exists: ${id}`));
    return Promise.resolve({ id, outputs: { arn: arnOf("backup", `backup-vault:${id}`), recoveryPoints: 1 } });
  },
  delete: (_context, { id, inputs }) =>
    inputs.forceDestroy === true
      ? Promise.resolve()
      : Promise.reject(new Error(`InvalidRequestException: Backup vault cannot be deleted (contains 1 recovery points): ${id}`)),
};

/** Its number is its ARN, of the region that it is made in. */
const topic: Kind = {
  create(_context, inputs) {
    const arn = `arn:aws:sns:${text(inputs.region) || region}:${account}:${text(inputs.name)}`;
    return Promise.resolve({ id: arn, outputs: { arn } });
  },
};

/** One selection of a name in a plan. */
const selection = (type: string, plan: string): Kind => ({
  create({ store }, inputs) {
    const [name, of] = [text(inputs.name), text(inputs[plan])];
    if (store.all(type).some((one) => one.inputs.name === name && one.inputs[plan] === of))
      return Promise.reject(new Error(`AlreadyExistsException: a selection ${name} of ${of} already exists`));
    return Promise.resolve({ id: `${of}:${name}:${number()}`, outputs: {} });
  },
});

/** https://github.com/hashicorp/terraform-provider-aws/issues/48316 */
const rehearsed: Kind = { ...selection(Rehearsed, "restoreTestingPlanName"), ignores: ["protectedResourceArns"] };

/** Makes an image at once. It is nobody's when the policy goes. */
const images: Kind = {
  create({ store }, inputs) {
    const { targetTags } = inputs.policyDetails as { readonly targetTags: Plain };
    store.put({ id: `ami-${number()}`, type: "aws:ec2/ami:Ami", inputs: { tags: targetTags }, outputs: {} });
    return Promise.resolve({ id: `policy-${number()}`, outputs: {} });
  },
};

/** Empty: the program, or what it makes, puts the value there. */
const secret: Kind = {
  async create({ store }, inputs) {
    const name = text(inputs.name) || `${text(inputs.namePrefix)}${number()}`;
    const { services } = store.account();
    const arn = services === undefined ? arnOf("secretsmanager", `secret/${name}`) : await createSecret(services.api, name);
    return { id: arn, outputs: { arn, name } };
  },
  async delete({ store }, stored) {
    const { services } = store.account();
    if (services !== undefined) await deleteSecret(services.api, stored.id);
  },
};

/** One with something in it goes only with `forceDestroy`; one that is in no S3 counts as one that hosts keep backups in. */
const bucket: Kind = {
  async create({ store }, inputs) {
    const name = text(inputs.bucket) || `${text(inputs.bucketPrefix)}${number()}`;
    const { services } = store.account();
    if (services !== undefined) await createBucket(services.api, name, region);
    return { id: name, outputs: { bucket: name, arn: `arn:aws:s3:::${name}` } };
  },
  async delete({ store }, { id, inputs }) {
    const { services } = store.account();
    if (services !== undefined) await deleteBucket(services.api, id, region, inputs.forceDestroy === true);
    else if (inputs.forceDestroy !== true)
      throw new Error(`BucketNotEmpty: The bucket you tried to delete is not empty. You must delete all versions in the bucket: ${id}`);
  },
};

/**
 * One of each name and type, unless the one that is there may be changed.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
 */
const record: Kind = {
  create({ store }, inputs) {
    const [id, other] = [
      `${text(inputs.zoneId)}_${text(inputs.name)}_${text(inputs.type)}`,
      `${text(inputs.zoneId)}_${text(inputs.name)}_CNAME`,
    ];
    if (store.get(Record, other) !== undefined)
      return Promise.reject(
        new Error(
          `InvalidChangeBatch: [RRSet of type ${text(inputs.type)} with DNS name ${text(inputs.name)}. is not permitted as it ` +
            "conflicts with other records with the same DNS name]",
        ),
      );
    if (store.get(Record, id) !== undefined && inputs.allowOverwrite !== true)
      return Promise.reject(
        new Error(
          `InvalidChangeBatch: [Tried to create resource record set [name='${text(inputs.name)}.', type='${text(inputs.type)}'] ` +
            "but it already exists]",
        ),
      );
    return Promise.resolve({ id, outputs: { fqdn: text(inputs.name) } });
  },
};

/** Prefixes of ids. Other types are known by their name, or by a number alone. */
const prefixes: Readonly<Record<string, string>> = {
  Subnet: "subnet",
  InternetGateway: "igw",
  NatGateway: "nat",
  RouteTable: "rtb",
  RouteTableAssociation: "rtbassoc",
  Route: "r-rtb",
  SecurityGroup: "sg",
  DefaultSecurityGroup: "sg",
  SecurityGroupIngressRule: "sgr",
  SecurityGroupEgressRule: "sgr",
  VpcEndpoint: "vpce",
  FlowLog: "fl",
};

/** The private address that an elastic one leads to, of a card with a machine behind it or of an instance; "" while there is none. */
function behind(store: Store, { target, targetAddress }: Plain): string {
  const found = store.all(Instance).find(({ id, outputs }) => id === target || outputs.card === target);
  return found === undefined ? "" : text(targetAddress) || text(found.outputs.privateIp);
}

export const aws: Cloud = {
  kinds: {
    ...{
      [Vpc]: vpc,
      [NetworkInterface]: networkInterface,
      [Instance]: instance,
      [Eip]: eip,
      [EipAssociation]: eipAssociation,
      [Record]: record,
    },
    ...{ [Database]: database, [ParameterGroup]: parameterGroup, [Secret]: secret, [Bucket]: bucket, [Topic]: topic, [Images]: images },
    ...{ [Vault]: vault, [Selected]: selection(Selected, "planId"), [Rehearsed]: rehearsed },
  },
  checkName,
  functions: {
    "aws:index/getCallerIdentity:getCallerIdentity": () => ({
      id: account,
      accountId: account,
      arn: `arn:aws:iam::${account}:user/simulated`,
      userId: "AIDASIMULATED",
    }),
    "aws:index/getRegion:getRegion": () => ({ id: region, name: region, region, description: "", endpoint: `ec2.${region}.amazonaws.com` }),
    "aws:index/getPartition:getPartition": () => ({
      id: "aws",
      partition: "aws",
      dnsSuffix: "amazonaws.com",
      reverseDnsPrefix: "com.amazonaws",
    }),
    "aws:index/getAvailabilityZones:getAvailabilityZones": () => ({
      id: region,
      names: ["a", "b", "c"].map((zone) => region + zone),
      zoneIds: ["az1", "az2", "az3"],
      groupNames: [region],
    }),
    "aws:route53/getZone:getZone": (_store, { name }) => ({ id: "Z0SIMULATED", zoneId: "Z0SIMULATED", name, privateZone: false }),
    "aws:ec2/getAmi:getAmi": (_store, args) => {
      const name = list((args.filters as readonly Plain[] | undefined)?.find((filter) => filter.name === "name")?.values)[0] ?? "";
      if (!/^debian-1[23]-/.test(name))
        throw new Error("Your query returned no results. Please change your search criteria and try again.");
      const id = imageId(name);
      return { id, name, imageId: id, architecture: name.includes("arm64") ? "arm64" : "x86_64", rootDeviceName: "/dev/xvda" };
    },
  },
  id(type, inputs) {
    const kind = type.split(":").at(-1) ?? "";
    const prefix = prefixes[kind];
    return prefix === undefined ? text(inputs.name ?? inputs.bucket) || number() : `${prefix}-${number()}`;
  },
  output(type, id, property) {
    const [, path = ""] = type.split(":");
    const [service = "", resource = ""] = path.split("/");
    if (property === "arn")
      return service === "s3"
        ? `arn:aws:s3:::${id}`
        : service === "iam"
          ? `arn:aws:iam::${account}:${resource}/${id}`
          : arnOf(service, `${resource}/${id}`);
    return property === "region" ? region : undefined;
  },
  routes(store) {
    const instances = store
      .all(Instance)
      .flatMap(({ outputs }) => (outputs.publicIp === "" ? [] : [[text(outputs.publicIp), text(outputs.privateIp)] as const]));
    const elastic = store.all(Eip).flatMap(({ outputs }) => {
      const to = behind(store, outputs);
      return to === "" ? [] : [[text(outputs.publicIp), to] as const];
    });
    return new Map([...instances, ...elastic]);
  },
  closed(store) {
    const closing = store.all(Instance).filter(({ outputs }) => (outputs.closedPorts as number[]).length > 0);
    const addressesOf = ({ outputs }: Stored) => [
      text(outputs.privateIp),
      ...list(store.get(NetworkInterface, text(outputs.card))?.outputs.privateIps),
    ];
    return new Map(
      closing.flatMap((instance) => addressesOf(instance).map((address) => [address, instance.outputs.closedPorts as number[]] as const)),
    );
  },
  networks: (store) => store.all(Vpc).map(networkOf),
};
