import { httpServices } from "../../services";
import { parseCidr } from "../schema/cidr";
import { targetDefaults } from "../targets";
import { rule, type Rule } from "./rule";

export const monitoringRules: readonly Rule[] = [
  rule(["monitoring"], ({ monitoring: { smtp, emails } }) =>
    smtp !== null && emails.length === 0
      ? [{ at: "monitoring.smtp", must: "must be left out without monitoring.emails, which it sends to" }]
      : [],
  ),

  rule(["monitoring"], ({ monitoring: { smtp } }) =>
    smtp !== null && smtp.user !== "" && smtp.tls === "none"
      ? [
          {
            at: "monitoring.smtp.tls",
            must: "must be starttls or tls with a user, whose password would cross the network in clear",
            got: smtp.tls,
          },
        ]
      : [],
  ),

  // What leaves a machine of a cloud is closed but for 80, 443 and network.outbound.
  rule(["monitoring", "network", "target"], ({ monitoring: { smtp }, network, target }) =>
    smtp === null || !targetDefaults[target].public || [80, 443, ...network.outbound].includes(smtp.port)
      ? []
      : [
          {
            at: "monitoring.smtp.port",
            must: `must be one of network.outbound, since ${target} closes other ports to the Internet`,
            got: smtp.port,
            hint:
              `add it there, as network.outbound: [${[...network.outbound, smtp.port].join(", ")}], or leave monitoring.smtp out: ` +
              `${target} tells of alerts by e-mail without it`,
          },
        ],
  ),

  rule(["monitoring", "target"], ({ monitoring: { sentry }, target }) =>
    sentry !== null && targetDefaults[target].public && sentry.url.startsWith("http:")
      ? [
          {
            at: "monitoring.sentry.url",
            must: `must be an https URL on ${target}, where the token would cross the Internet in clear`,
            got: sentry.url,
          },
        ]
      : [],
  ),

  rule(["monitoring"], ({ monitoring: { nrpe } }) =>
    nrpe !== null && nrpe.allowedHosts.length === 0
      ? [
          {
            at: "monitoring.nrpe.allowedHosts",
            must: "must name at least one network",
            hint: 'for example allowedHosts: ["203.0.113.9/32"]',
          },
        ]
      : [],
  ),

  // As for SSH: half of the Internet is nobody's monitoring.
  rule(["monitoring"], ({ monitoring: { nrpe } }) =>
    (nrpe?.allowedHosts ?? []).flatMap((range, i) => {
      const cidr = parseCidr(range);
      return cidr === undefined || cidr.prefix >= (cidr.family === 4 ? 8 : 16)
        ? []
        : [
            {
              at: `monitoring.nrpe.allowedHosts.${i}`,
              must: "must not open NRPE to the world",
              got: range,
              hint: "name the servers that ask",
            },
          ];
    }),
  ),

  rule(["services", "site"], ({ services, site }) =>
    httpServices(services)
      .filter(({ health }) => health.live !== health.path && health.live === site.maintenancePath)
      .map(({ name }) => ({
        at: `services.${name}.health.live`,
        must: "must not be site.maintenancePath, which nginx answers itself",
        got: site.maintenancePath,
      })),
  ),
];
