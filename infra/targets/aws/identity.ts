import { InstanceProfile, Role, RolePolicy } from "@pulumi/aws/iam";
import type { Output } from "@pulumi/pulumi";
import { anyTrust } from "./policies";
import { named, type Scope } from "./scope";

export interface Identity {
  readonly profile: InstanceProfile;
  /** Adds rights; a host that needs them waits for what is returned. */
  grant(name: string, policy: Output<string>): RolePolicy;
}

/** What a host is to AWS: a role whose rights are added one by one, by whoever makes the thing they are about. */
export function awsIdentity(scope: Scope): Identity {
  const role = new Role("host-role", { assumeRolePolicy: anyTrust("ec2.amazonaws.com"), tags: named(scope, "host") }, scope.options);
  const profile = new InstanceProfile("host-profile", { role: role.name, tags: named(scope, "host") }, scope.options);
  return { profile, grant: (name, policy) => new RolePolicy(`host-${name}`, { role: role.id, policy }, scope.options) };
}
