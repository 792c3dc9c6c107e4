/**
 * Controls of AWS Foundational Security Best Practices that no scanner automates, as far as a single host has what they are about: nginx
 * stands where a balancer would, the machine where a group of them would.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/fsbp-standard.html
 */
import { exampleSpec } from "../goldens/stacks";
import { graphOf } from "./aws";
import type { Graph } from "./graph";

let shop: Graph;
let bitcoin: Graph;

beforeAll(async () => {
  shop = await graphOf(exampleSpec("aws"));
  bitcoin = await graphOf(exampleSpec("bitcoin-aws"));
}, 60_000);

/** A file of the host, from its bundle. */
function file(path: string): string {
  const bundle = String(shop.named("web-0-bundle").inputs["source"]);
  const { files } = JSON.parse(bundle.slice(bundle.lastIndexOf("\n# BUNDLE ") + 10)) as { files: { path: string; content: string }[] };
  const found = files.find((one) => one.path === path);
  if (found === undefined) throw new Error(`the host has no ${path}`);
  return found.content;
}

const nginx = (name: string) => file(`/etc/nginx/${name}`);
const machine = () => shop.named("web-0").inputs;
const database = (graph: Graph) => graph.named("database").inputs;
const parameters = (graph: Graph) => graph.named("database-parameters").inputs["parameters"];

test.each<[control: string, asks: string, holds: () => void]>([
  [
    "AutoScaling.1",
    "what does not answer gets no visitors",
    () => {
      // The site's address waits for the gate, which asks whether the site works.
      expect(shop.named("site-pointer").dependencies).toContain("web-0-gate");
      expect(JSON.stringify(shop.named("web-0-gate").inputs)).toContain("/.webstack/health/web");
    },
  ],
  [
    "AutoScaling.3",
    "metadata by session tokens alone",
    () => expect(machine()["metadataOptions"]).toMatchObject({ httpTokens: "required" }),
  ],
  ["AutoScaling.4", "metadata on one hop", () => expect(machine()["metadataOptions"]).toMatchObject({ httpPutResponseHopLimit: 1 })],
  [
    "EC2.18",
    "the world reaches 80 and 443 alone",
    () => {
      const world = shop
        .ofType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
        .filter(({ inputs }) => inputs["cidrIpv4"] === "0.0.0.0/0" || inputs["cidrIpv6"] === "::/0");
      expect(
        [
          ...new Set(
            world.map(({ inputs }) => `${String(inputs["ipProtocol"])} ${String(inputs["fromPort"])}-${String(inputs["toPort"])}`),
          ),
        ].sort(),
      ).toEqual(["tcp 443-443", "tcp 80-80"]);
    },
  ],
  [
    "ELB.1",
    "HTTP leads to HTTPS",
    () =>
      expect(nginx("webstack/site.conf")).toMatch(
        /listen 80;[^}]*\}\s*location \/ \{\s*return 301 https:\/\/www\.ocpizza\.fr\$request_uri;/,
      ),
  ],
  ["ELB.3, ELB.17", "TLS of today alone", () => expect(nginx("webstack/tls.conf")).toMatch(/^ssl_protocols TLSv1\.2 TLSv1\.3;$/m)],
  [
    "ELB.4",
    "headers with wrong letters are dropped",
    () => {
      // nginx does so unless told otherwise. https://nginx.org/en/docs/http/ngx_http_core_module.html#ignore_invalid_headers
      for (const name of ["nginx.conf", "webstack/site.conf", "webstack/proxy.conf"])
        expect(nginx(name)).not.toMatch(/ignore_invalid_headers|underscores_in_headers/);
    },
  ],
  ["ELB.5", "requests are logged", () => expect(nginx("nginx.conf")).toMatch(/^ *access_log \/var\/log\/nginx\/access\.log timed/m)],
  [
    "ELB.6",
    "the way in is protected from deletion",
    () => {
      expect(machine()["disableApiTermination"]).toBe(true);
      expect(shop.named("site-address").options["protect"]).toBe(true);
    },
  ],
  [
    "ELB.7",
    "requests under way are answered, for as long as the services may take",
    () => expect(nginx("nginx.conf")).toMatch(/^worker_shutdown_timeout 30s;$/m),
  ],
  [
    "ELB.12, ELB.14",
    "one request is one request for everybody",
    () => {
      // nginx reads a request itself and sends the app a new one; one with both Content-Length and Transfer-Encoding it refuses (since
      // 1.21.1).
      expect(nginx("webstack/site.conf")).toMatch(/proxy_pass http:\/\/web/);
      expect(nginx("webstack/proxy.conf")).toMatch(/^proxy_http_version 1\.1;$/m);
    },
  ],
  [
    "RDS.25",
    "the master has a name of our own",
    () => expect([database(shop)["username"], database(bitcoin)["username"]]).toEqual(["webstack_admin", "webstack_admin"]),
  ],
  [
    "RDS.26",
    "the database is in a backup plan",
    () => expect(shop.named("database-plan-selection").inputs["resources"]).toEqual([expect.stringContaining(":db:webstack-aws-database")]),
  ],
  [
    "RDS.38",
    "PostgreSQL over TLS alone",
    () => expect(parameters(bitcoin)).toContainEqual({ name: "rds.force_ssl", value: "1", applyMethod: "immediate" }),
  ],
  [
    "RDS.39",
    "MySQL over TLS alone",
    () => expect(parameters(shop)).toContainEqual({ name: "require_secure_transport", value: "1", applyMethod: "immediate" }),
  ],
])("%s: %s", (_control, _asks, holds) => holds());

test.each<[control: string, why: string, still: () => void]>([
  [
    "AutoScaling.2, AutoScaling.6, ELB.9, ELB.10, ELB.13",
    "there is one machine, in one zone",
    () => expect(shop.ofType("aws:ec2/instance:Instance")).toHaveLength(1),
  ],
  [
    "AutoScaling.5",
    "the machine is what visitors reach: it has the public addresses that a balancer would have",
    () => expect(shop.ofType("aws:ec2/eipAssociation:EipAssociation")).toHaveLength(2),
  ],
  [
    "AutoScaling.9",
    "no group starts machines, so there is no template of them",
    () => expect(shop.nodes.filter(({ type }) => type.startsWith("aws:autoscaling/"))).toEqual([]),
  ],
  [
    "ELB.2, ELB.8, ELB.16",
    "no balancer ends TLS, so no certificate, policy or firewall of AWS's can be put on one",
    () => expect(shop.nodes.filter(({ type }) => /^aws:(lb|alb|elb|wafv2)\//.test(type))).toEqual([]),
  ],
  [
    "RDS.23",
    "the usual port: it is open to two groups alone, and another number hides nothing from them",
    () => expect([database(shop)["port"], database(bitcoin)["port"]]).toEqual([3306, 5432]),
  ],
])("%s cannot hold, or is not wanted, because %s", (_control, _why, still) => still());
