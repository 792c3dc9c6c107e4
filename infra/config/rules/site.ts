import { httpServices } from "../../services";
import { debianNames, debians, debianTitle } from "../catalog/debian";
import { targetDefaults } from "../targets";
import { rule, type Rule } from "./rule";

export const siteRules: readonly Rule[] = [
  rule(["site", "target"], ({ site, target }) =>
    site.domain !== "" && site.tls === "none" && targetDefaults[target].public
      ? [
          {
            at: "site.tls",
            must: `must be letsencrypt for a domain on ${target}, where passwords would cross the Internet in clear`,
            got: site.tls,
            hint: "leave it out",
          },
        ]
      : [],
  ),

  rule(["site", "target"], ({ site }) =>
    site.domain === "" && site.tls !== "none"
      ? [{ at: "site.tls", must: "must be none without site.domain: a certificate is made out to a name", got: site.tls }]
      : [],
  ),

  rule(["site"], ({ site }) =>
    site.domain === "" && site.aliases.length > 0
      ? [{ at: "site.aliases", must: "must be left out without site.domain, which they lead to", got: site.aliases }]
      : [],
  ),

  rule(["site"], ({ site }) =>
    site.zone === ""
      ? []
      : [["site.domain", site.domain] as const, ...site.aliases.map((alias, i) => [`site.aliases.${i}`, alias] as const)]
          .filter(([, name]) => name !== site.zone && !name.endsWith(`.${site.zone}`))
          .map(([at, name]) => ({ at, must: `must lie in site.zone, ${site.zone}`, got: name })),
  ),

  rule(["site"], ({ site }) =>
    site.http3 && site.tls === "none"
      ? [
          {
            at: "site.http3",
            must: "must be false without TLS, which HTTP/3 has always",
            got: site.http3,
            hint: "set site.domain and site.tls: letsencrypt",
          },
        ]
      : [],
  ),

  rule(["site", "host"], ({ site, host: { debian } }) =>
    site.http3 && !debians[debian].http3
      ? [
          {
            at: "site.http3",
            must: `must be false on ${debianTitle(debian)}, whose nginx ${debians[debian].nginx} does not have HTTP/3`,
            got: site.http3,
            hint: `set host.image: ${debianNames.filter((name) => debians[name].http3).join(" or ")}`,
          },
        ]
      : [],
  ),

  rule(["site"], ({ site }) =>
    site.maintenancePath === "/" || site.maintenancePath.startsWith("/.")
      ? [
          {
            at: "site.maintenancePath",
            must: "must not be the path of a page, or below a path that begins with a dot",
            got: site.maintenancePath,
          },
        ]
      : [],
  ),

  rule(["site", "services"], ({ site, services }) =>
    httpServices(services)
      .filter(({ health }) => health.path === site.maintenancePath)
      .map(({ name }) => ({
        at: "site.maintenancePath",
        must: `must not be the health page of services.${name} too`,
        got: site.maintenancePath,
      })),
  ),

  rule(["site"], ({ site }) =>
    site.aliases.flatMap((alias, i) =>
      alias === site.domain ? [{ at: `site.aliases.${i}`, must: "must not repeat site.domain", got: alias }] : [],
    ),
  ),
];
