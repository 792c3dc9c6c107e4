import { Project } from "@pulumi/digitalocean/project";
import { ProjectResources } from "@pulumi/digitalocean/projectResources";
import type * as pulumi from "@pulumi/pulumi";
import { physicalName } from "../../plan/names";
import type { StackPlan } from "../../plan/plan";
import { isProtected } from "../../plan/protection";

/** The stack as one project of the console, with what costs money in it. Firewalls, keys and the network belong to the account there. */
export function project({ spec, labels }: StackPlan, resources: readonly pulumi.Input<string>[]): void {
  const made = new Project("project", {
    name: physicalName("network", labels.project, labels.stack),
    description: `${labels.app}, stack ${labels.stack}`,
    purpose: "Web Application",
    environment: isProtected(spec) ? "Production" : "Staging",
  });
  new ProjectResources("project-resources", { project: made.id, resources: [...resources] });
}
