import { getCallerIdentity } from "@pulumi/aws/getCallerIdentity";
import { Provider } from "@pulumi/aws/provider";
import { type CustomResourceOptions, output, type Output } from "@pulumi/pulumi";
import { regions } from "../../config/catalog/aws";
import { stackName } from "../../plan/names";
import type { StackPlan } from "../../plan/plan";
import { isProtected } from "../../plan/protection";
import { Component, type ComponentKind } from "../component";
import { ofAccount } from "./account";

/** What every resource of a stack is given: where it is made, by whom, and how it is labelled. */
export interface Scope {
  readonly plan: StackPlan;
  readonly region: string;
  readonly zones: readonly [string, string];
  /** "webstack-prod": begins the name of what a console shows. */
  readonly prefix: string;
  readonly account: Output<string>;
  readonly provider: Provider;
  /** Options of every resource. */
  readonly options: CustomResourceOptions;
  /** Options of what holds data or its address: `protect: data` lets no command of this program delete it. */
  readonly kept: CustomResourceOptions & { readonly protect: boolean };
}

/** That of one part of the stack: its resources stand under it, and have the provider from there. */
export interface PartScope extends Scope {
  readonly part: Component;
}

/** The region comes from the description, never from the environment or an `aws:region` beside it. */
export function scopeOf(plan: StackPlan): Scope {
  const { spec } = plan;
  const region = spec.host.region;
  const zones = regions[region];
  if (zones === undefined) throw new Error(`region ${region} is not in the catalog`);
  const provider = new Provider("aws", { region, defaultTags: { tags: labelTags(plan) } });
  return {
    plan,
    region,
    zones,
    provider,
    prefix: stackName(plan.labels),
    account: output(ofAccount("the account of these credentials", getCallerIdentity({}, { provider }))).accountId,
    options: { provider },
    kept: { provider, protect: isProtected(spec) },
  };
}

/** For what makes up one part of the stack. */
export function within(scope: Scope, kind: ComponentKind, name: string): PartScope {
  const part = new Component(kind, name, { provider: scope.provider });
  return { ...scope, part, options: part.child, kept: { ...part.child, protect: scope.kept.protect } };
}

/** Tags of everything that can have tags. */
export function labelTags({ labels }: StackPlan): Readonly<Record<string, string>> {
  return { project: labels.project, stack: labels.stack, app: labels.app };
}

/** The tag that consoles show as a name. */
export const named = (scope: Scope, name: string): { readonly Name: string } => ({ Name: `${scope.prefix}-${name}` });
