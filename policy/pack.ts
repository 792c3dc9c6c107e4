import { PolicyPack, type Policies } from "@pulumi/policy";
import { isMandatory, sentence } from "./evaluate";
import { later, type Resource, type Rule } from "./rule";
import { rules } from "./rules";
import { settingsOf } from "./settings";

/** The engine's policy pack: every rule as a policy of its own, as strict as the stack's file asks for. */

const { production, exceptions } = settingsOf(process.env["PULUMI_CONFIG"]);

/** A copy that can be read through: in a preview the SDK throws where a value is not known yet. */
function known(value: () => unknown): unknown {
  let read: unknown;
  try {
    read = value();
  } catch {
    return later;
  }
  // Not map(), which reads each entry before it hands it on.
  if (Array.isArray(read)) return Array.from({ length: read.length }, (_, i) => known(() => (read as unknown[])[i]));
  if (typeof read !== "object" || read === null) return read;
  return Object.fromEntries(Object.keys(read).map((name) => [name, known(() => (read as Record<string, unknown>)[name])]));
}

const resource = (of: { type: string; name: string; props: Record<string, unknown>; opts: { protect: boolean } }): Resource => ({
  type: of.type,
  name: of.name,
  props: known(() => of.props) as Resource["props"],
  protect: of.opts.protect,
});

/** What breaks the rule, but for what is excepted. */
function told(rule: Rule, resources: readonly Resource[]): readonly string[] {
  return rule.breaches(resources)
    .filter((breach) => !exceptions.some((one) => one.rule === rule.id && one.resource === breach.resource))
    .map((breach) => `${breach.resource} ${sentence(rule, breach.got)}`);
}

const policies: Policies = rules.map((rule) => {
  const about = { name: rule.id, description: `${rule.types.join(", ")} must ${rule.must}`, enforcementLevel: isMandatory(rule, production) ? ("mandatory" as const) : ("advisory" as const) };
  return rule.scope === "resource"
    ? {
        ...about,
        validateResource: (args, report) => {
          if (!rule.types.includes(args.type)) return;
          for (const text of told(rule, [resource(args)])) report(text);
        },
      }
    : {
        ...about,
        validateStack: (args, report) => {
          for (const text of told(rule, args.resources.map(resource))) report(text);
        },
      };
});

new PolicyPack("webstack", { policies });
