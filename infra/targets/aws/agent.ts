import { instances } from "../../config/catalog/aws";
import { file, type Manifest, type ManifestFile } from "../../host/manifest";
import { render, verbatim } from "../../host/render";
import type { StackPlan } from "../../plan/plan";
import { measures, type Names } from "./names";

/** Where a host finds the private address that the site's public one is led to. */
export const siteAddressPath = "/etc/webstack/site-address";
/** What hostctl/database/login.py reads. */
export const loginPath = "/etc/webstack/database-login.json";

const programs = "/usr/local/lib/webstack";
const agentConfig = "/etc/webstack/agent.json";

/**
 * Who signs the agent's package. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/verify-CloudWatch-Agent-Package-Signature.html
 */
const agentKey = {
  url: "https://amazoncloudwatch-agent.s3.amazonaws.com/assets/amazon-cloudwatch-agent.gpg",
  fingerprint: "937616F3450B7D806CBD9725D58167303B789C72",
} as const;

/**
 * Who signs the agent for sessions, until 2027-11-25. AWS shows the key in its documentation alone, so it travels with the bundle; the file is as AWS has it in
 * https://github.com/aws/amazon-ecs-ami/blob/main/files/amazon-ssm-agent.gpg. https://docs.aws.amazon.com/systems-manager/latest/userguide/verify-agent-signature.html
 */
const sessionsKey = { path: `${programs}/amazon-ssm-agent.asc`, fingerprint: "1C5B395CBE5E74E2F1CA21592784DBF388D19D46" } as const;

/** What the host tells CloudWatch: memory and disk, which AWS cannot see from outside, and what its deployments said. */
export function agentSettings(names: Names) {
  return {
    agent: { metrics_collection_interval: 60, run_as_user: "root" },
    metrics: {
      namespace: names.namespace,
      append_dimensions: { InstanceId: "${aws:InstanceId}" },
      aggregation_dimensions: [["InstanceId"]],
      metrics_collected: {
        mem: { measurement: [measures.memory] },
        disk: { measurement: [measures.disk], resources: ["/"], drop_device: true },
      },
    },
    logs: {
      logs_collected: {
        files: {
          collect_list: [{ file_path: "/var/log/webstack/deploy_logs.jsonl", log_group_name: names.hostLogs, log_stream_name: "{instance_id}", timezone: "UTC" }],
        },
      },
    },
  };
}

/** A host's manifest with what a machine of AWS has beside it: the site's address, the agents, the login that is followed, rights for backups. */
export function onAws(plan: StackPlan, manifest: Manifest, names: Names): Manifest {
  const { spec } = plan;
  const { app, host, access, database } = spec;
  const architecture = instances[host.size]?.architecture ?? "amd64";
  const restart = (unit: string) => ({ onChange: [{ verb: "restart" as const, unit }] });
  const unit = (name: string, text: string): ManifestFile => file(`/etc/systemd/system/${name}`, text, restart(name));
  const agents = [
    unit(
      "webstack-agent.service",
      render("systemd/agent.service", {
        says: "agent that tells memory and disk",
        arguments: [
          "amazon-cloudwatch-agent",
          `https://amazoncloudwatch-agent.s3.amazonaws.com/debian/${architecture}/latest/amazon-cloudwatch-agent.deb`,
          `--key ${agentKey.url} ${agentKey.fingerprint}`,
          `--then /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:${agentConfig}`,
        ].join(" "),
      }),
    ),
    file(agentConfig, `${JSON.stringify(agentSettings(names), null, 1)}\n`, restart("webstack-agent.service")),
    ...(access.sessions
      ? [
          file(sessionsKey.path, verbatim("keys/amazon-ssm-agent.asc")),
          unit(
            "webstack-sessions.service",
            render("systemd/agent.service", {
              says: "agent for sessions",
              arguments: [
                `amazon-ssm-agent https://s3.${host.region}.amazonaws.com/amazon-ssm-${host.region}/latest/debian_${architecture}/amazon-ssm-agent.deb`,
                `--key ${sessionsKey.path} ${sessionsKey.fingerprint}`,
              ].join(" "),
            }),
          ),
        ]
      : []),
  ];
  const follows = database.kind !== "managed" ? [] : [
    file("/etc/systemd/system/webstack-login.service", render("systemd/webstack-login.service", { app: app.name, sandbox: verbatim("systemd/sandbox.conf") })),
    unit("webstack-login.timer", render("systemd/webstack-login.timer", { app: app.name })),
  ];
  const backups = spec.backup.enabled ? ["webstack-backup", "webstack-drill"] : [];
  return {
    ...manifest,
    // Debian 12's apt brings it, Debian 13's another; agent-install asks it for signatures.
    packages: [...new Set([...manifest.packages, "gpgv"])].sort(),
    files: [
      ...manifest.files,
      file(`${programs}/site-address`, verbatim("bin/site-address"), { mode: "0755" }),
      unit("webstack-address.service", render("systemd/webstack-address.service", { sandbox: verbatim("systemd/sandbox.conf") })),
      file(`${programs}/agent-install`, verbatim("bin/agent-install"), { mode: "0755" }),
      ...agents,
      ...follows,
      ...backups.map((name) => file(`/etc/systemd/system/${name}.service.d/metadata.conf`, verbatim("systemd/metadata.conf"))),
    ],
    units: [
      ...manifest.units,
      "webstack-address.service",
      "webstack-agent.service",
      ...(access.sessions ? ["webstack-sessions.service"] : []),
      ...(follows.length === 0 ? [] : ["webstack-login.timer"]),
    ],
  };
}
