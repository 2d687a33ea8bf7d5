import { admissionRequests } from "./admission-requests.ts";
import type { Admission } from "./admission.ts";
import { mayActForOthers, notOurselves } from "./admission-who.ts";

export const endPolicyName = "vdisession-end.vdi.kasm.io";

/** The operator's own (operator/session/plan-end.ts), which who writes a session back has to send along. */
export const sessionFinalizer = "vdi.kasm.io/session-cleanup";

/** Whether a DELETE asks to keep what the object owns: there are two ways to say so. */
export const asksToOrphan =
  "has(request.options) && request.options != null && (" +
  "(has(request.options.propagationPolicy) && request.options.propagationPolicy == 'Orphan') || " +
  "(has(request.options.orphanDependents) && request.options.orphanDependents == true))";

/**
 * A session's end is the end: nobody keeps a desktop beyond it by a finalizer, or by asking to orphan what the session owns.
 * What gets past this, a write before the policy was there or by whoever may act for others, the operator ends itself.
 */
export function endPolicy(operatorNamespace: string): Admission {
  return {
    policy: {
      metadata: { name: endPolicyName },
      spec: {
        failurePolicy: "Fail",
        matchConstraints: admissionRequests(["vdi.kasm.io"], "vdisessions", "CREATE", "UPDATE", "DELETE"),
        matchConditions: notOurselves(operatorNamespace),
        validations: [
          {
            // Those that are there stay: who only changes the spec sends them along.
            expression:
              "request.operation == 'DELETE' || !has(object.metadata.finalizers) || " +
              `object.metadata.finalizers.all(it, it == '${sessionFinalizer}' || (request.operation == 'UPDATE' && ` +
              "has(oldObject.metadata.finalizers) && it in oldObject.metadata.finalizers)) || " +
              mayActForOthers,
            message: "finalizers would keep the session beyond its end: leave metadata.finalizers out",
            reason: "Forbidden",
          },
          {
            expression: `request.operation != 'DELETE' || !(${asksToOrphan}) || ${mayActForOthers}`,
            message: "what belongs to a session ends with it: delete it without --cascade=orphan",
            reason: "Forbidden",
          },
        ],
      },
    },
    binding: {
      metadata: { name: endPolicyName },
      spec: { policyName: endPolicyName, validationActions: ["Deny"] },
    },
  };
}
