import { randomInt, randomUUID } from "node:crypto";
import { hostImage } from "./images";
import type { Cloud, Kind } from "./kind";
import * as machines from "./machines";
import * as postgres from "./postgres";
import type { Plain, Store, Stored } from "./store";

const type = (name: string) => `digitalocean:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;
const [Vpc, Droplet, ReservedIp] = [type("Vpc"), type("Droplet"), type("ReservedIp")];
const Cluster = type("DatabaseCluster");
const Snapshot = type("DropletSnapshot");

const text = (value: unknown) => (value === undefined || value === null ? "" : String(value));
const list = (value: unknown) => (Array.isArray(value) ? value.map(String) : []);

const vpc: Kind = {
  async create({ store }, inputs) {
    const id = randomUUID();
    const network = { name: `${store.account().name}-${id.slice(0, 4)}`, range: text(inputs.ipRange) };
    await machines.createNetwork(network);
    return {
      id,
      outputs: {
        network: network.name,
        vpcUrn: `do:vpc:${id}`,
        default: false,
        createdAt: new Date().toISOString(),
        ipRange: network.range,
      },
    };
  },
  async delete({ store }, stored) {
    // https://docs.digitalocean.com/reference/api/digitalocean/#tag/VPCs: a VPC with members cannot be deleted.
    const members = [...store.all(Droplet), ...store.all(Cluster)].filter(({ inputs }) =>
      [inputs.vpcUuid, inputs.privateNetworkUuid].includes(stored.id),
    );
    if (members.length > 0) throw new Error(`403: Can not delete VPC with members: ${members.map(({ id }) => id).join(", ")}`);
    await machines.deleteNetwork(networkOf(stored));
  },
};

function networkOf(stored: Stored): machines.Network {
  return { name: text(stored.outputs.network), range: text(stored.inputs.ipRange) };
}

/** Private addresses that machines of the network have. */
function taken(store: Store, vpcUuid: string): string[] {
  const droplets = store.all(Droplet).filter(({ inputs }) => inputs.vpcUuid === vpcUuid);
  const clusters = store.all(Cluster).filter(({ inputs }) => inputs.privateNetworkUuid === vpcUuid);
  return [...droplets.map(({ outputs }) => text(outputs.ipv4AddressPrivate)), ...clusters.map(({ outputs }) => text(outputs.privateHost))];
}

/** "s-1vcpu-1gb", "s-1vcpu-512mb-10gb", "c-2", "db-s-2vcpu-4gb": https://slugs.do-api.dev */
function sizeOf(slug: string): machines.Size {
  const gigabytes = /-(\d+)gb/.exec(slug.replace(/-\d+gb$/, (last) => (slug.includes("mb-") ? "" : last)))?.[1];
  const megabytes = /-(\d+)mb/.exec(slug)?.[1];
  const cpus = Number(/-(\d+)(?:vcpu|-|$)/.exec(slug)?.[1] ?? "1");
  return { memoryMiB: megabytes !== undefined ? Number(megabytes) : Number(gigabytes ?? cpus * 2) * 1024, cpus };
}

/** Addresses wait for the machine: two that boot at once must not get the same. */
const reserved = new Set<string>();

async function withAddress<T>(store: Store, network: Stored, use: (address: string) => Promise<T>): Promise<T> {
  const address = machines.freeAddress(text(network.inputs.ipRange), [...taken(store, network.id), ...reserved]);
  reserved.add(address);
  try {
    return await use(address);
  } finally {
    reserved.delete(address);
  }
}

const droplet: Kind = {
  async create(context, inputs) {
    const { store, addresses, fault } = context;
    if (!/^(debian-1[23]-x64|\d+)$/.test(text(inputs.image)))
      throw new Error(`422: the simulated cloud has no image ${text(inputs.image)}; it has debian-13-x64, debian-12-x64 and snapshots`);
    const network = store.must(Vpc, text(inputs.vpcUuid));
    const id = String(randomInt(100_000_000, 999_999_999));
    const { memoryMiB, cpus } = sizeOf(text(inputs.size));
    return withAddress(store, network, async (address) => {
      const machine = `${text(inputs.name)
        .toLowerCase()
        .replaceAll(/[^a-z0-9-]/g, "-")
        .slice(0, 50)}-${id}`;
      await machines.createMachine(networkOf(network), {
        name: machine,
        address,
        userData: text(inputs.userData),
        recipe: hostImage(text(inputs.image)),
        memoryMiB,
        cpus,
      });
      const publicAddress = inputs.publicNetworking === false ? "" : addresses.take();
      const outputs = {
        ...{ machine, closedPorts: fault?.closedPorts ?? [], answeredBy: fault?.answeredBy ?? id },
        ...{ ipv4Address: publicAddress, ipv4AddressPrivate: address, ipv6Address: inputs.ipv6 === true ? "2001:db8::1" : "" },
        ...{ dropletUrn: `do:droplet:${id}`, status: "active", locked: false, createdAt: new Date().toISOString() },
        ...{
          memory: memoryMiB,
          vcpus: cpus,
          disk: 25,
          priceHourly: 0.00893,
          priceMonthly: 6,
          privateNetworking: true,
          publicNetworking: publicAddress !== "",
        },
      };
      store.put({ id, type: Droplet, inputs, outputs });
      context.lead();
      trust(store);
      return { id, outputs };
    });
  },
  async update({ store }, stored, inputs) {
    const { memoryMiB, cpus } = sizeOf(text(inputs.size));
    await machines.resizeMachine(text(stored.outputs.machine), { memoryMiB, cpus });
    store.put({ ...stored, inputs });
    trust(store);
    return { memory: memoryMiB, vcpus: cpus };
  },
  async delete(context, stored) {
    const { store, addresses } = context;
    await machines.deleteMachine(text(stored.outputs.machine));
    if (stored.outputs.ipv4Address !== "") addresses.release(text(stored.outputs.ipv4Address));
    store.remove(Droplet, stored.id);
    // An address of a droplet that is gone is assigned to none.
    for (const ip of store.all(ReservedIp).filter(({ outputs }) => outputs.assigned === stored.id)) assign(store, ip, "");
    context.lead();
    trust(store);
  },
  lives: (_context, stored) => machines.isRunning(text(stored.outputs.machine)),
};

/**
 * An image of a machine that is there; it stays when the machine goes. What is on the disk is not copied: no machine boots from it here.
 */
const dropletSnapshot: Kind = {
  async create({ store }, inputs) {
    const { inputs: machine, outputs } = store.must(Droplet, text(inputs.dropletId));
    const id = String(randomInt(10_000_000, 99_999_999));
    return { id, outputs: { createdAt: new Date().toISOString(), minDiskSize: outputs.disk, regions: [machine.region], size: 1.5 } };
  },
};

/** Rows that match every filter of a data source, exactly. */
function matching({ filters }: Plain, rows: readonly Plain[]): readonly Plain[] {
  const wanted = filters as readonly { readonly key: string; readonly values: readonly string[] }[];
  return rows.filter((row) => wanted.every(({ key, values }) => values.includes(text(row[key]))));
}

function assign(store: Store, ip: Stored, dropletId: string): void {
  store.put({ ...ip, outputs: { ...ip.outputs, assigned: dropletId } });
}

const reservedIp: Kind = {
  async create(context, inputs) {
    const ipAddress = context.addresses.take();
    const stored = {
      id: ipAddress,
      type: ReservedIp,
      inputs,
      outputs: { ipAddress, reservedIpUrn: `do:reservedip:${ipAddress}`, assigned: text(inputs.dropletId) },
    };
    context.store.put(stored);
    context.lead();
    return stored;
  },
  async update(context, stored, inputs) {
    assign(context.store, { ...stored, inputs }, text(inputs.dropletId));
    context.lead();
    return { assigned: text(inputs.dropletId) };
  },
  async delete(context, stored) {
    context.addresses.release(stored.id);
    context.store.remove(ReservedIp, stored.id);
    context.lead();
  },
};

/** Assigning moves the address; deleting unassigns it only from its own droplet, as the published provider does. */
const reservedIpAssignment: Kind = {
  async create(context, inputs) {
    const [ipAddress, dropletId] = [text(inputs.ipAddress), text(inputs.dropletId)];
    context.store.must(Droplet, dropletId);
    assign(context.store, context.store.must(ReservedIp, ipAddress), dropletId);
    context.lead();
    return { id: `${dropletId}-${ipAddress}-${randomUUID().slice(0, 8)}`, outputs: {} };
  },
  async delete(context, { inputs }) {
    const ip = context.store.get(ReservedIp, text(inputs.ipAddress));
    if (ip !== undefined && ip.outputs.assigned === text(inputs.dropletId)) assign(context.store, ip, "");
    context.lead();
  },
  lives: ({ store }, { inputs }) => store.get(ReservedIp, text(inputs.ipAddress))?.outputs.assigned === text(inputs.dropletId),
};

const ports = { cluster: 25060, pool: 25061 } as const;

/** Where a program reaches a cluster. Names of hosts are addresses here. */
function access(server: { address: string }, port: number, user: string, password: string, database: string): Plain {
  const uri = `postgresql://${user}:${encodeURIComponent(password)}@${server.address}:${port}/${database}?sslmode=require`;
  return { host: server.address, privateHost: server.address, port, user, password, uri, privateUri: uri };
}

/** The cluster that a new one is a copy of, in its newest state: the simulation keeps no older ones. */
function forked(store: Store, { backupRestore }: Plain): Stored | null {
  if (backupRestore === undefined) return null;
  const name = text((backupRestore as Plain).databaseName);
  const found = store.all(Cluster).find(({ inputs }) => inputs.name === name);
  if (found === undefined) throw new Error(`404: no cluster is named ${name}`);
  return found;
}

const databaseCluster: Kind = {
  async create({ store }, inputs) {
    if (inputs.engine !== "pg" || inputs.version !== "15")
      throw new Error(`422: the simulated cloud has only engine pg in version 15, got ${text(inputs.engine)} ${text(inputs.version)}`);
    const network = store.must(Vpc, text(inputs.privateNetworkUuid));
    const id = randomUUID();
    const from = forked(store, inputs);
    return withAddress(store, network, async (address) => {
      const server = await postgres.createPostgres(
        networkOf(network),
        `${store.account().name}-db-${id.slice(0, 4)}`,
        address,
        sizeOf(text(inputs.size)),
        ports.cluster,
        "doadmin",
      );
      postgres.ask(server, "postgres", "CREATE DATABASE defaultdb OWNER doadmin");
      // https://docs.digitalocean.com/products/databases/postgresql/how-to/fork-clusters/: "replicates all databases, users, and other settings"
      if (from !== null) postgres.copy(serverOf(from), server);
      const outputs = {
        ...{
          users: from === null ? {} : usersOf(from),
          machine: server.machine,
          ca: server.ca,
          database: "defaultdb",
          clusterUrn: `do:dbaas:${id}`,
        },
        ...access(server, ports.cluster, server.user, server.password, "defaultdb"),
        ...{
          projectId: text(inputs.projectId),
          storageSizeMib: text(inputs.storageSizeMib),
          metricsEndpoints: [],
          uiDatabase: "",
          uiHost: "",
          uiPassword: "",
          uiPort: 0,
          uiUri: "",
          uiUser: "",
        },
      };
      store.put({ id, type: Cluster, inputs, outputs });
      trust(store);
      return { id, outputs };
    });
  },
  async update({ store }, stored, inputs) {
    postgres.resize(serverOf(stored), sizeOf(text(inputs.size)));
    store.put({ ...stored, inputs });
    return {};
  },
  async delete({ store }, stored) {
    await machines.deleteMachine(text(stored.outputs.machine));
    // A firewall is rules of its cluster, and no more than that.
    const firewall = firewallOf(store, stored);
    if (firewall !== undefined) store.remove(firewall.type, firewall.id);
  },
  lives: (_context, stored) => machines.isRunning(text(stored.outputs.machine)),
};

const firewallOf = (store: Store, cluster: Stored) =>
  store.all(type("DatabaseFirewall")).find(({ inputs }) => inputs.clusterId === cluster.id);

/** Passwords of the users that the API made, by name. */
const usersOf = (cluster: Stored) => cluster.outputs.users as Readonly<Record<string, string>>;

function putUsers(store: Store, cluster: Stored, users: Readonly<Record<string, string>>): void {
  store.put({ ...cluster, outputs: { ...cluster.outputs, users } });
}

const serverOf = (cluster: Stored) => ({
  machine: text(cluster.outputs.machine),
  address: text(cluster.outputs.privateHost),
  port: ports.cluster,
});

/** Lets every cluster in whom its firewall names, or, without one, its whole network. */
function trust(store: Store): void {
  for (const cluster of store.all(Cluster)) {
    const firewall = firewallOf(store, cluster);
    const rules = (firewall?.inputs.rules ?? []) as readonly { type: string; value: string }[];
    const network = store.get(Vpc, text(cluster.inputs.privateNetworkUuid));
    const sources = firewall === undefined ? [text(network?.inputs.ipRange)] : rules.flatMap((rule) => sourcesOf(store, rule));
    if (machines.isRunning(text(cluster.outputs.machine))) postgres.allow(serverOf(cluster), sources);
  }
}

function sourcesOf(store: Store, { type: kind, value }: { type: string; value: string }): string[] {
  if (kind === "ip_addr") return [value];
  const droplets = store
    .all(Droplet)
    .filter(({ id, inputs }) => (kind === "tag" ? list(inputs.tags).includes(value) : kind === "droplet" && id === value));
  return droplets.map(({ outputs }) => text(outputs.ipv4AddressPrivate));
}

const databaseFirewall: Kind = {
  async create({ store }, inputs) {
    const id = `${text(store.must(Cluster, text(inputs.clusterId)).id)}-firewall`;
    store.put({ id, type: type("DatabaseFirewall"), inputs, outputs: {} });
    trust(store);
    return { id, outputs: {} };
  },
  async update({ store }, stored, inputs) {
    store.put({ ...stored, inputs });
    trust(store);
    return {};
  },
  async delete({ store }, stored) {
    store.remove(stored.type, stored.id);
    trust(store);
  },
};

/**
 * doadmin owns every database; other users get no right to make tables in it:
 * https://docs.digitalocean.com/products/databases/postgresql/how-to/modify-user-privileges/
 */
const databaseDb: Kind = {
  async create({ store }, inputs) {
    const cluster = store.must(Cluster, text(inputs.clusterId));
    postgres.ask(serverOf(cluster), "postgres", `CREATE DATABASE ${postgres.quoted(text(inputs.name))} OWNER doadmin`);
    return { id: `${cluster.id}/database/${text(inputs.name)}`, outputs: {} };
  },
  async delete({ store }, { inputs }) {
    const cluster = store.get(Cluster, text(inputs.clusterId));
    if (cluster !== undefined)
      postgres.ask(serverOf(cluster), "postgres", `DROP DATABASE IF EXISTS ${postgres.quoted(text(inputs.name))} WITH (FORCE)`);
  },
};

/** A role that may log in, and nothing else. */
const databaseUser: Kind = {
  async create({ store }, inputs) {
    const cluster = store.must(Cluster, text(inputs.clusterId));
    const name = text(inputs.name);
    if (name === "doadmin" || usersOf(cluster)[name] !== undefined) throw new Error(`422: user ${name} exists`);
    const password = postgres.newPassword();
    postgres.ask(serverOf(cluster), "postgres", `CREATE ROLE ${postgres.quoted(name)} LOGIN PASSWORD ${postgres.literal(password)}`);
    putUsers(store, cluster, { ...usersOf(cluster), [name]: password });
    return { id: `${cluster.id}/user/${name}`, outputs: { password, role: "normal", accessCert: "", accessKey: "" } };
  },
  async delete({ store }, { inputs }) {
    const cluster = store.get(Cluster, text(inputs.clusterId));
    if (cluster === undefined) return;
    // DigitalOcean hands what the user owns to doadmin.
    const name = postgres.quoted(text(inputs.name));
    for (const database of postgres.ask(serverOf(cluster), "postgres", "SELECT datname FROM pg_database WHERE datallowconn").split("\n")) {
      postgres.ask(serverOf(cluster), database, `REASSIGN OWNED BY ${name} TO doadmin`, `DROP OWNED BY ${name}`);
    }
    postgres.ask(serverOf(cluster), "postgres", `DROP ROLE IF EXISTS ${name}`);
    putUsers(store, cluster, Object.fromEntries(Object.entries(usersOf(cluster)).filter(([one]) => one !== inputs.name)));
  },
};

const own: Readonly<Record<string, Kind>> = {
  [Vpc]: vpc,
  [Droplet]: droplet,
  [Snapshot]: dropletSnapshot,
  [ReservedIp]: reservedIp,
  [type("ReservedIpAssignment")]: reservedIpAssignment,
  [Cluster]: databaseCluster,
  [type("DatabaseFirewall")]: databaseFirewall,
  [type("DatabaseDb")]: databaseDb,
  [type("DatabaseUser")]: databaseUser,
};

/** Types whose id is their name. */
const named = [type("Domain"), type("Tag"), type("SpacesBucket")];

export const digitalocean: Cloud = {
  kinds: own,
  functions: {
    "digitalocean:index/getDatabaseCa:getDatabaseCa": (store, { clusterId }) => ({
      id: clusterId,
      clusterId,
      certificate: store.must(Cluster, text(clusterId)).outputs.ca,
    }),
    "digitalocean:index/getDroplets:getDroplets": (store, args) => ({
      id: "droplets",
      droplets: matching(
        args,
        store.all(Droplet).map(({ id, inputs }) => ({ id: Number(id), name: inputs.name })),
      ),
    }),
    "digitalocean:index/getImages:getImages": (store, args) => ({
      id: "images",
      images: matching(
        args,
        store.all(Snapshot).map(({ id, inputs }) => ({ id: Number(id), name: inputs.name, type: "snapshot", private: true })),
      ),
    }),
    "digitalocean:index/getDatabaseUser:getDatabaseUser": (store, { clusterId, name }) => {
      const password = usersOf(store.must(Cluster, text(clusterId)))[text(name)];
      if (password === undefined) throw new Error(`404: no user is named ${text(name)}`);
      return {
        id: `${text(clusterId)}/user/${text(name)}`,
        clusterId,
        name,
        password,
        role: "normal",
        accessCert: "",
        accessKey: "",
        mysqlAuthPlugin: "",
        settings: [],
      };
    },
  },
  id: (kind, inputs) =>
    named.includes(kind)
      ? text(inputs.name)
      : [type("DnsRecord"), type("SshKey")].includes(kind)
        ? String(randomInt(10_000_000, 99_999_999))
        : randomUUID(),
  output(kind, id, property, inputs) {
    if (property.endsWith("Urn")) return `do:${kind.split(":").at(-1)?.toLowerCase() ?? ""}:${id}`;
    if (kind === type("SpacesBucket")) {
      const endpoint = `${text(inputs.region)}.digitaloceanspaces.com`;
      if (property === "endpoint") return endpoint;
      if (property === "bucketDomainName") return `${text(inputs.name)}.${endpoint}`;
    }
    return property === "fqdn" ? `${text(inputs.name)}.${text(inputs.domain)}` : undefined;
  },
  routes(store) {
    const droplets = store.all(Droplet);
    const privately = (id: unknown) =>
      droplets.filter((droplet) => droplet.id === id).map(({ outputs }) => text(outputs.ipv4AddressPrivate));
    const own = droplets
      .filter(({ outputs }) => outputs.ipv4Address !== "")
      .flatMap(({ outputs }) => privately(outputs.answeredBy).map((to) => [text(outputs.ipv4Address), to] as const));
    const reservedOnes = store.all(ReservedIp).flatMap(({ id, outputs }) => privately(outputs.assigned).map((to) => [id, to] as const));
    return new Map([...own, ...reservedOnes]);
  },
  closed: (store) =>
    new Map(
      store
        .all(Droplet)
        .flatMap(({ outputs }) =>
          (outputs.closedPorts as number[]).length === 0
            ? []
            : [[text(outputs.ipv4AddressPrivate), outputs.closedPorts as number[]] as const],
        ),
    ),
  networks: (store) => store.all(Vpc).map(networkOf),
};
