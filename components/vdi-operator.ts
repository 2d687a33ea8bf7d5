import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Crd } from "./vdi-operator.crds.ts";

export interface VdiOperatorArgs {
  /** Where sessions live. */
  readonly namespace: string;
  readonly crds: readonly Crd[];
  /** Refuses to delete the CRDs and the namespace, and with them every session. */
  readonly protectData: boolean;
}

/** The API of desktop sessions: `VDISession` and `VDITemplate` in group vdi.kasm.io, and the namespace of sessions. */
export class VdiOperator extends pulumi.ComponentResource {
  readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: VdiOperatorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kasm:vdi:VdiOperator", name, {}, opts);
    const data = { parent: this, protect: args.protectData };
    const namespace = new k8s.core.v1.Namespace(`${name}-namespace`, { metadata: { name: args.namespace } }, data);
    for (const crd of args.crds)
      new k8s.apiextensions.v1.CustomResourceDefinition(
        `${name}-${crd.name.split(".")[0] ?? crd.name}`,
        crd.args,
        data,
      );
    this.namespace = namespace.metadata.name;
    this.registerOutputs({ namespace: this.namespace });
  }
}
