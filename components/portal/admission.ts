import { admissionRequests } from "../vdi-operator/admission-requests.ts";
import { asksToOrphan, sessionFinalizer } from "../vdi-operator/admission-end.ts";
import { untouchedFields } from "../vdi-operator/admission-wake.ts";
import type { Admission } from "../vdi-operator/admission.ts";
import { accountUser } from "../vdi-operator/rbac.ts";
import { portalName } from "./settings.ts";

export const portalPolicyName = "vdisession-portal.vdi.kasm.io";

/** Beside `desiredState` and `idle.presentAt` what people change in the portal: how long a session lives, and who was let in before. */
const changed = ["timeout", "access"];

/**
 * Of all that `act-for` allows, the portal may only do what its pages do: make sessions without finalizers and owners, change
 * four fields of them, and end them with all that is theirs. Whoever takes the portal over gets no further.
 */
export function portalPolicy(operatorNamespace: string): Admission {
  const same = (parent: string, field: string) => `object.${parent}.?${field} == oldObject.${parent}.?${field}`;
  const fixed = [
    ...untouchedFields.filter((field) => field !== "idle" && !changed.includes(field)),
    // All of it but `presentAt`.
    ...["after", "action", "warnBefore"].map((field) => `idle.?${field}`),
  ];
  const none = (field: string) => `!has(object.metadata.${field})`;
  return {
    policy: {
      metadata: { name: portalPolicyName },
      spec: {
        failurePolicy: "Fail",
        matchConstraints: admissionRequests(["vdi.kasm.io"], "vdisessions", "CREATE", "UPDATE", "DELETE"),
        matchConditions: [
          {
            name: "the-portal",
            expression: `request.userInfo.username == '${accountUser(portalName, operatorNamespace)}'`,
          },
        ],
        validations: [
          {
            expression: `request.operation != 'CREATE' || (${[
              ...["ownerReferences", "annotations", "labels"].map(none),
              `(!has(object.metadata.finalizers) || object.metadata.finalizers.all(it, it == '${sessionFinalizer}'))`,
            ].join(" && ")})`,
            message: "the portal makes sessions without owners, finalizers, labels and annotations",
            reason: "Forbidden",
          },
          {
            expression: `request.operation != 'UPDATE' || (${[
              ...fixed.map((field) => same("spec", field)),
              ...["labels", "annotations", "finalizers", "ownerReferences"].map((field) => same("metadata", field)),
            ].join(" && ")})`,
            message: `the portal may only change spec.desiredState, spec.idle.presentAt, ${changed.map((it) => `spec.${it}`).join(" and ")}`,
            reason: "Forbidden",
          },
          {
            expression: `request.operation != 'DELETE' || !(${asksToOrphan})`,
            message: "the portal ends sessions with all that is theirs",
            reason: "Forbidden",
          },
        ],
      },
    },
    binding: {
      metadata: { name: portalPolicyName },
      spec: { policyName: portalPolicyName, validationActions: ["Deny"] },
    },
  };
}
