import * as pulumi from "@pulumi/pulumi";

/**
 * What `pulumi destroy` meets first, since it depends on everything: protected, it refuses while nothing is gone. The data's
 * own protection comes too late for what does not depend on data: agents, the TURN server, roles.
 */
export class DataProtection extends pulumi.ComponentResource {
  constructor(name: string, { protectData }: { readonly protectData: boolean }, opts: pulumi.ComponentResourceOptions) {
    super("kasm:platform:DataProtection", name, { protectData }, { ...opts, protect: protectData });
    this.registerOutputs({});
  }
}
