import { LifecyclePolicy } from "@pulumi/aws/dlm";
import { Role, RolePolicyAttachment } from "@pulumi/aws/iam";
import type { HostSpec } from "../../config/spec";
import { servingHost } from "../../plan/hosts";
import { serviceTrust } from "./policies";
import { named, type Scope } from "./scope";

/** When images are made, as DLM's own form of cron, in UTC. */
export function imageSchedule({ every, weekday, hour }: HostSpec["snapshots"]): string {
  return every === "week" ? `cron(0 ${hour} ? * ${weekday.slice(0, 3).toUpperCase()} *)` : `cron(0 ${hour} * * ? *)`;
}

/** Images of the machine, made while it serves. `host.snapshots.every: never` makes none. */
export function awsImages(scope: Scope): void {
  const { plan, options, account } = scope;
  const { snapshots } = plan.spec.host;
  if (snapshots.every === "never") return;
  const role = new Role(
    "images-role",
    { assumeRolePolicy: serviceTrust("dlm.amazonaws.com", account), tags: named(scope, "images") },
    options,
  );
  // AWS's own list for the service; as with backups, it names resources with * because it holds for every account.
  // https://docs.aws.amazon.com/ebs/latest/userguide/dlm-prerequisites.html
  const may = new RolePolicyAttachment(
    "images-rights",
    { role: role.name, policyArn: "arn:aws:iam::aws:policy/service-role/AWSDataLifecycleManagerServiceRoleForAMIManagement" },
    options,
  );
  const { Name } = named(scope, servingHost(plan).name);
  new LifecyclePolicy(
    // A policy that counted cannot be made to go by age: https://docs.aws.amazon.com/ebs/latest/userguide/modify.html
    "images-by-age",
    {
      description: "images of the machine that serves",
      state: "ENABLED",
      executionRoleArn: role.arn,
      policyDetails: {
        policyType: "IMAGE_MANAGEMENT",
        resourceTypes: ["INSTANCE"],
        // Of this stack's machine alone: the name has the project and the stack in it.
        targetTags: { Name },
        // By age: images that are counted are nobody's any more once their machine is replaced. And by a name that stays, since those of a
        // schedule that was renamed are nobody's either. https://repost.aws/knowledge-center/ebs-snapshot-dlm-policy-not-deleting
        schedules: [
          {
            name: "images",
            createRule: { cronExpression: imageSchedule(snapshots) },
            retainRule: { interval: snapshots.keep, intervalUnit: snapshots.every === "week" ? "WEEKS" : "DAYS" },
            copyTags: true,
          },
        ],
        // The site goes on: the image is as after a power cut, which journals are for.
        parameters: { noReboot: true },
      },
      tags: named(scope, "images"),
    },
    { ...options, dependsOn: may },
  );
}
