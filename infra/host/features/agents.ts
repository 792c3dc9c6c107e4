import { architectureOf } from "../../config/targets";
import { stackName } from "../../plan/names";
import { measures, namesOf, type Names } from "../cloudWatch";
import type { Feature } from "../feature";
import { file, type ManifestFile } from "../manifest";
import { render, verbatim } from "../render";

const programs = "/usr/local/lib/webstack";
const agentConfig = "/etc/webstack/agent.json";

/**
 * Who signs the agent's package.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/verify-CloudWatch-Agent-Package-Signature.html
 */
const agentKey = {
  url: "https://amazoncloudwatch-agent.s3.amazonaws.com/assets/amazon-cloudwatch-agent.gpg",
  fingerprint: "937616F3450B7D806CBD9725D58167303B789C72",
} as const;

/**
 * Who signs the agent for sessions, until 2027-11-25. AWS shows the key in its documentation alone, so it travels with the bundle; the file
 * is as AWS has it in
 * https://github.com/aws/amazon-ecs-ami/blob/main/files/amazon-ssm-agent.gpg. https://docs.aws.amazon.com/systems-manager/latest/userguide/verify-agent-signature.html
 */
const sessionsKey = { path: `${programs}/amazon-ssm-agent.asc`, fingerprint: "1C5B395CBE5E74E2F1CA21592784DBF388D19D46" } as const;

/** What the host tells CloudWatch: memory and disk, which AWS cannot see from outside, and what its deployments said. */
function agentSettings(names: Names) {
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
          collect_list: [
            {
              file_path: "/var/log/webstack/deploy_logs.jsonl",
              log_group_name: names.hostLogs,
              log_stream_name: "{instance_id}",
              timezone: "UTC",
            },
          ],
        },
      },
    },
  };
}

/**
 * Programs of the cloud's own that a host runs for it: one tells what cannot be seen from outside, another lets people in whom the cloud
 * knows.
 */
export const agents: Feature = (plan) => {
  if (!plan.needs.includes("agents")) return {};
  const { access, host } = plan.spec;
  const architecture = architectureOf(host.size);
  return {
    // Debian 12's apt brings it, Debian 13's another; agent-install asks it for signatures.
    packages: ["gpgv"],
    files: [
      file(`${programs}/agent-install`, verbatim("bin/agent-install"), { mode: "0755" }),
      ...measuringAgent(namesOf(stackName(plan.labels)), architecture),
      ...(access.sessions ? sessionsAgent(host.region, architecture) : []),
    ],
    units: ["webstack-agent.service", ...(access.sessions ? ["webstack-sessions.service"] : [])],
  };
};

function measuringAgent(names: Names, architecture: string): readonly ManifestFile[] {
  return [
    unit("webstack-agent.service", "agent that tells memory and disk", [
      "amazon-cloudwatch-agent",
      `https://amazoncloudwatch-agent.s3.amazonaws.com/debian/${architecture}/latest/amazon-cloudwatch-agent.deb`,
      `--key ${agentKey.url} ${agentKey.fingerprint}`,
      `--then /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:${agentConfig}`,
    ]),
    file(agentConfig, `${JSON.stringify(agentSettings(names), null, 1)}\n`, {
      onChange: [{ verb: "restart", unit: "webstack-agent.service" }],
    }),
  ];
}

function sessionsAgent(region: string, architecture: string): readonly ManifestFile[] {
  return [
    file(sessionsKey.path, verbatim("keys/amazon-ssm-agent.asc")),
    unit("webstack-sessions.service", "agent for sessions", [
      `amazon-ssm-agent https://s3.${region}.amazonaws.com/amazon-ssm-${region}/latest/debian_${architecture}/amazon-ssm-agent.deb`,
      `--key ${sessionsKey.path} ${sessionsKey.fingerprint}`,
    ]),
  ];
}

function unit(name: string, says: string, words: readonly string[]): ManifestFile {
  return file(`/etc/systemd/system/${name}`, render("systemd/agent.service", { says, arguments: words.join(" ") }), {
    onChange: [{ verb: "restart", unit: name }],
  });
}
