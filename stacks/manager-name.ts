import * as pulumi from "@pulumi/pulumi";

/** Under which all runs of a stack write its objects. */
export function managerName(): string {
  return `pulumi-${pulumi.getProject()}-${pulumi.getStack()}`;
}
