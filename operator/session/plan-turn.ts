import type { KubeObject } from "../../kube/object.ts";
import type { VDITemplate } from "../api/objects.ts";
import type { Pod } from "../kinds.ts";
import { rtcConfigKey } from "../resources/credentials.ts";
import { annotations } from "../resources/labels.ts";
import { turnCredentials } from "../turn/credentials.ts";
import { rotation } from "../turn/rotation.ts";
import { rtcConfig } from "../turn/rtc-config.ts";
import { keyBeside } from "../resources/keys.ts";
import type { PlanContext } from "./plan-context.ts";
import type { Batch } from "./write.ts";

/** TURN servers and credentials for a pod that streams by WebRTC; undefined for all others. */
export function turnFor(
  secretName: string,
  template: VDITemplate,
  { settings, turnSecret, now }: PlanContext,
): { rtcConfig: string; expires: number } | undefined {
  if (template.spec.stream !== "WebRTC" || !settings.turn || turnSecret === undefined) return undefined;
  const credentials = turnCredentials(turnSecret, secretName, now);
  return { rtcConfig: rtcConfig(settings.turn, credentials), expires: credentials.expires };
}

/** Whoever has a pod that streams: a session, or the pool that it waits in. */
export interface TurnUser {
  readonly owner: KubeObject;
  /** Of the pod's credentials. */
  readonly secretName: string;
  readonly template: VDITemplate | undefined;
}

/** New credentials for a running pod before the old ones end: into its Secret first, then the note on the pod that it has them. */
export function rotateTurn(
  { owner, template, secretName }: TurnUser,
  { metadata }: Pod,
  context: PlanContext,
): { before: Batch; writes: Batch; recheckMs?: number } {
  const expires = metadata.annotations?.[annotations.turnExpires];
  const turn = expires !== undefined && template ? turnFor(secretName, template, context) : undefined;
  if (!turn) return { before: [], writes: [] };
  const due = rotation(expires, context.now);
  if (!due.isDue) return { before: [], writes: [], recheckMs: due.next.getTime() - context.now.getTime() };
  const secret = keyBeside(owner, "v1", "Secret", secretName);
  const pod = keyBeside(owner, "v1", "Pod", metadata.name);
  const note = { [annotations.turnExpires]: String(turn.expires) };
  return {
    before: [{ do: "merge", object: { ...secret, stringData: { [rtcConfigKey]: turn.rtcConfig } } }],
    writes: [{ do: "merge", object: { ...pod, metadata: { ...pod.metadata, annotations: note } } }],
  };
}
