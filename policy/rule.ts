/** A resource as a rule sees it: what is asked of a cloud, before the cloud adds to it. */
export interface Resource {
  /** Pulumi's type, such as "digitalocean:index/droplet:Droplet". */
  readonly type: string;
  /** Logical name, such as "web-0". */
  readonly name: string;
  // The clouds' inputs have no common shape, and a rule reads one or two of them.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly props: Readonly<Record<string, any>>;
  /** Pulumi's own protection from deletion. */
  readonly protect: boolean;
}

/** Stands for a value that only the cloud can tell; no rule takes it for a fault. */
export const later = "(known later)";

/** What breaks a rule: which resource, and how. */
export interface Breach {
  readonly resource: string;
  readonly got: string;
}

/** Something that must never be, in whatever stack. */
export interface Rule {
  /** As exceptions name it. */
  readonly id: string;
  /** Completes "must": "let nobody but its own hosts in". */
  readonly must: string;
  readonly why: string;
  /** Where that is known from. */
  readonly url: string;
  readonly remediation: string;
  /**
   * `production` rules bind stacks that protect their data, and are advice to the others; `advisory` is advice to all, about what costs
   * money.
   */
  readonly enforcementLevel: "mandatory" | "production" | "advisory";
  /** Types it looks at; a stack without any of them is none of its business. */
  readonly types: readonly string[];
  /** Whether one resource is enough to tell, so that it is refused before it is made. */
  readonly scope: "resource" | "stack";
  /** All breaches among the resources of a stack. */
  breaches(resources: readonly Resource[]): readonly Breach[];
}

type Said = Omit<Rule, "breaches" | "types" | "scope">;

/** A rule about each resource of one or more types by itself; `broken` says what is wrong with it, or nothing. */
export function each(
  of: string | readonly string[],
  said: Said,
  broken: (props: Resource["props"], resource: Resource) => string | null | undefined | false,
): Rule {
  const types = [of].flat();
  return {
    ...said,
    types,
    scope: "resource",
    breaches: (resources) =>
      resources.flatMap((resource) => {
        const got = types.includes(resource.type) && broken(resource.props, resource);
        return typeof got === "string" ? [{ resource: resource.name, got }] : [];
      }),
  };
}

/** A rule about how resources belong together. */
export function together(types: readonly string[], said: Said, breaches: Rule["breaches"]): Rule {
  return { ...said, types, scope: "stack", breaches };
}
