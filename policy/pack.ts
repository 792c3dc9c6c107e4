import { PolicyPack, type Policies } from "@pulumi/policy";
import { isMandatory, sentence, type Exception } from "./evaluate";
import { later, type Resource, type Rule } from "./rule";
import { rules } from "./rules";

/**
 * The engine's policy pack: every rule as a policy of its own. By itself it holds a stack to all that binds production. What is excepted,
 * and that a stack protects nothing, comes with the pack's configuration: the engine tells a pack of the stack's own only after it has
 * asked how strict each policy is.
 */

interface Settings {
  readonly exceptions?: readonly Omit<Exception, "rule">[];
}

const configSchema = {
  properties: {
    exceptions: {
      type: "array" as const,
      items: {
        type: "object" as const,
        properties: { resource: { type: "string" as const }, reason: { type: "string" as const } },
        required: ["resource", "reason"],
      },
    },
  },
};

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
function told(
  rule: Rule,
  resources: readonly Resource[],
  { exceptions = [] }: Settings,
): readonly { readonly text: string; readonly resource: string }[] {
  return rule
    .breaches(resources)
    .filter((breach) => !exceptions.some((one) => one.resource === breach.resource))
    .map((breach) => ({ resource: breach.resource, text: `${breach.resource} ${sentence(rule, breach.got)}` }));
}

const policies: Policies = rules.map((rule) => {
  const about = {
    name: rule.id,
    description: `${rule.types.join(", ")} must ${rule.must}`,
    enforcementLevel: isMandatory(rule, true) ? ("mandatory" as const) : ("advisory" as const),
    configSchema,
  };
  return rule.scope === "resource"
    ? {
        ...about,
        validateResource: (args, report) => {
          if (!rule.types.includes(args.type)) return;
          for (const { text } of told(rule, [resource(args)], args.getConfig<Settings>())) report(text);
        },
      }
    : {
        ...about,
        validateStack: (args, report) => {
          for (const { text } of told(rule, args.resources.map(resource), args.getConfig<Settings>())) report(text);
        },
      };
});

new PolicyPack("webstack", { policies });
