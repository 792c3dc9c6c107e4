import type { Exception } from "./evaluate";

/** What a stack's file says of rules. */
export interface Settings {
  /** Whether it protects its data, so that all rules bind it. */
  readonly production: boolean;
  readonly exceptions: readonly Exception[];
}

/**
 * The settings of a stack from what the engine hands to a policy pack: PULUMI_CONFIG, the stack's configuration by key, mappings as JSON. An engine
 * that hands nothing over has the stack held to all of the rules.
 * https://github.com/pulumi/pulumi/blob/master/pkg/resource/plugin/analyzer_plugin.go
 */
export function settingsOf(config = "{}"): Settings {
  const values = JSON.parse(config) as Readonly<Record<string, string>>;
  const policy = JSON.parse(values["webstack:policy"] ?? "{}") as { exceptions?: readonly Exception[] } | null;
  const protect = values["webstack:protect"] ?? (values["webstack:target"] === "local" ? "nothing" : "data");
  return { production: protect === "data", exceptions: policy?.exceptions ?? [] };
}
