import * as pulumi from "@pulumi/pulumi";

/** What a stack is made of, as people look for it. */
export type ComponentKind = "Network" | "Site" | "Host" | "Database" | "Backup" | "Monitoring";

/** A part of a stack, under which `pulumi stack` lists what makes it up. */
export class Component extends pulumi.ComponentResource {
  constructor(kind: ComponentKind, name: string, options: pulumi.ComponentResourceOptions = {}) {
    super(`webstack:index:${kind}`, name, {}, options);
  }

  /**
   * Options of a resource of this part. All stood at the top of the stack before there were parts, and a parent is in a resource's URN, so
   * each says that it is the one from there. https://www.pulumi.com/docs/iac/concepts/resources/options/aliases/
   */
  get child(): pulumi.CustomResourceOptions {
    return { parent: this, aliases: [{ parent: pulumi.rootStackResource }] };
  }
}
