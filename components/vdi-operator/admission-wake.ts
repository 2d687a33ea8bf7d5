import { admissionRequests } from "./admission-requests.ts";
import type { Admission } from "./admission.ts";
import { accountUser, gatewayName } from "./rbac.ts";

export const wakePolicyName = "vdisession-wake.vdi.kasm.io";

/** Fields of a session that the gateway has no business with; with `desiredState` they are the whole spec. */
export const untouchedFields = [
  ...["user", "template", "groups", "resources", "persistence", "timeout", "idle", "access"],
] as const;

const untouchedMetadata = ["labels", "annotations", "finalizers", "ownerReferences"];

/** Of all that `patch` allows, the gateway may only have a suspended session run. RBAC cannot say so. */
export function wakePolicy(operatorNamespace: string): Admission {
  const same = (path: string) => `object.${path} == oldObject.${path}`;
  const optional = (parent: string, field: string) => same(`${parent}.?${field}`);
  return {
    policy: {
      metadata: { name: wakePolicyName },
      spec: {
        failurePolicy: "Fail",
        matchConstraints: admissionRequests(["vdi.kasm.io"], "vdisessions", "CREATE", "UPDATE", "DELETE"),
        matchConditions: [
          {
            name: "the-gateway",
            expression: `request.userInfo.username == '${accountUser(gatewayName, operatorNamespace)}'`,
          },
        ],
        validations: [
          {
            expression: [
              "request.operation == 'UPDATE'",
              "object.spec.desiredState == 'Running'",
              ...untouchedFields.map((field) => optional("spec", field)),
              ...untouchedMetadata.map((field) => optional("metadata", field)),
            ].join(" && "),
            message: "the gateway may only set spec.desiredState to Running",
            reason: "Forbidden",
          },
        ],
      },
    },
    binding: {
      metadata: { name: wakePolicyName },
      spec: { policyName: wakePolicyName, validationActions: ["Deny"] },
    },
  };
}
