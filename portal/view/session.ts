import type { VDISession, VDITemplate } from "../../operator/api/objects.ts";
import type { SessionView } from "../api/schemas.ts";

// In the order in which a start passes them.
const shownConditions = ["Ready", "PodScheduled", "HomeBound", "Routed", "Active", "Expiring"];

/** What a person is told of a session. Its address is not among it: a link leads there. */
export function sessionView(session: VDISession, template: VDITemplate | undefined): SessionView {
  const { metadata, spec, status = {} } = session;
  const conditions = status.conditions ?? [];
  const ready = conditions.find(({ type }) => type === "Ready");
  const active = conditions.find(({ type }) => type === "Active");
  const resources = { ...template?.spec.resources.default, ...spec.resources };
  const { persistence } = spec;
  return {
    name: metadata.name,
    user: spec.user,
    template: spec.template,
    title: template?.spec.displayName ?? spec.template,
    state: metadata.deletionTimestamp === undefined ? (status.phase ?? "Pending") : "Terminating",
    wanted: spec.desiredState,
    isReady: ready?.status === "True",
    isTakenUp: status.observedGeneration === metadata.generation,
    conditions: shownConditions
      .flatMap((type) => conditions.find((it) => it.type === type) ?? [])
      .map(({ type, status: is, reason, message, lastTransitionTime: since }) => ({
        type,
        status: is,
        reason,
        message,
        since,
      })),
    createdAt: metadata.creationTimestamp ?? "",
    timeout: spec.timeout,
    hasGpu: (resources.gpu ?? 0) > 0,
    version: metadata.resourceVersion ?? "",
    ...given("message", status.message),
    ...given("startedAt", status.startTime),
    ...given("readyAt", status.readyTime),
    ...given("lastActivity", status.lastActivity),
    ...given("expiresAt", status.expiresAt),
    ...given("idleWarning", active?.reason === "IdleWarning" ? active.message : undefined),
    ...given("restarts", status.restarts),
    ...given("node", status.nodeName),
    ...given(
      "home",
      persistence.enabled ? { reclaim: persistence.reclaim, size: String(persistence.size) } : undefined,
    ),
  };
}

function given<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
  return (value === undefined ? {} : { [key]: value }) as { [K in Key]?: Value };
}
