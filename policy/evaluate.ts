import type { Problem } from "../infra/config/problems";
import type { Resource, Rule } from "./rule";

/** A rule that somebody decided to break, for one resource, and why. */
export interface Exception {
  readonly rule: string;
  readonly resource: string;
  readonly reason: string;
}

export interface Finding {
  readonly rule: string;
  readonly resource: string;
  /** `mandatory` stops an update, `advisory` is only told, `excepted` was decided. */
  readonly level: "mandatory" | "advisory" | "excepted";
  /** One line: what must be, what is, how to mend it. */
  readonly says: string;
  /** The exception's reason; "" where there is none. */
  readonly reason: string;
}

/** What the rules say of a stack's resources. `production` is whether it protects its data. */
export function evaluate(
  rules: readonly Rule[],
  resources: readonly Resource[],
  { production, exceptions }: { production: boolean; exceptions: readonly Exception[] },
): readonly Finding[] {
  return rules.flatMap((rule) =>
    rule.breaches(resources).map(({ resource, got }): Finding => {
      const exception = exceptions.find((one) => one.rule === rule.id && one.resource === resource);
      const level = exception !== undefined ? "excepted" : isMandatory(rule, production) ? "mandatory" : "advisory";
      return { rule: rule.id, resource, level, says: sentence(rule, got), reason: exception?.reason ?? "" };
    }),
  );
}

/** Whether a rule stops an update of a stack that protects its data, or of one that does not. */
export const isMandatory = ({ enforcementLevel }: Pick<Rule, "enforcementLevel">, production: boolean): boolean =>
  enforcementLevel === "mandatory" || (enforcementLevel === "production" && production);

/** `must be private, got "public-read": ...; set acl: "private" (https://...)` */
export function sentence({ must, why, remediation, url }: Rule, got: string): string {
  return `must ${must}, got ${got}: ${why}; ${remediation} (${url})`;
}

/** Exceptions that name no rule. */
export function unknownExceptions(rules: readonly Rule[], exceptions: readonly Exception[]): readonly Problem[] {
  const known = rules.map(({ id }) => id);
  return exceptions.flatMap(({ rule }, i) =>
    known.includes(rule)
      ? []
      : [{ at: `policy.exceptions.${i}.rule`, must: "must be the id of a rule", got: rule, hint: "docs/policy.md lists them" }],
  );
}
