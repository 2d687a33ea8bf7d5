import { expect } from "chai";
import fc from "fast-check";
import { ApiException } from "@kubernetes/client-node";
import { apiMessage, classifyError } from "../../kube/api-error.ts";
import { newEvent } from "../../kube/event.ts";
import { quantityValue } from "../../kube/quantity.ts";
import { isNewer } from "../../kube/store.ts";
import { gaugeAboveZero, kasmConnections, movingMetrics } from "../../operator/activity/reading.ts";
import { durationMs } from "../../operator/api/time.ts";
import { homeName } from "../../operator/resources/names.ts";
import { parseVerdict } from "../../analyzers/scheduling/scheduler-verdict.ts";
import { withoutSecrets } from "../../kube/redaction.ts";
import { lastLine, quoted } from "../../kube/sentences.ts";
import { sessionStatus } from "../../operator/status/session-status.ts";
import { container, now, podWith, settings, unschedulable, view } from "./status/views.ts";

/** All that others can make the operator look at, each with what looks at it. */
const entryPoints: Record<string, (text: string) => unknown> = {
  "a quotation": quoted,
  redaction: withoutSecrets,
  "the last line of a log": lastLine,
  "a desktop's metrics": (text) => gaugeAboveZero("clients")(text, undefined, 0),
  "a desktop's counters": (text) => movingMetrics("fps_hist_count", "latency")(text, undefined, 0),
  "KasmVNC's statistics": kasmConnections,
  "the scheduler's verdict": parseVerdict,
  "an event of ours": (text) =>
    newEvent(
      { metadata: { name: text } },
      { ...{ type: "Normal", reason: text, action: text, note: text } },
      source,
      now,
      "0",
    ),
  "an error of the API server": (text) => [apiMessage(apiError(text)), classifyError(apiError(text))],
  "an answer that is no Status": (text) => apiMessage(new ApiException(500, "", text, {})),
  "a quantity": (text) => ignoring(() => quantityValue(text)),
  "a duration": (text) => ignoring(() => durationMs(text)),
  "a version": (text) => isNewer(text, "1"),
  "a user's name": homeName,
  "termination message": (text) =>
    status({ pod: podWith([container({ state: { terminated: { exitCode: 1, message: text, reason: text } } })]) }),
  "why a container waits": (text) =>
    status({
      pod: podWith([container({ image: text, state: { waiting: { reason: "ErrImagePull", message: text } } })]),
    }),
  "why a pod has no node": (text) => status({ pod: unschedulable(text) }),
  "why a pod ended": (text) =>
    ["Evicted", text].map((reason) =>
      status({
        pod: { ...podWith([]), status: { phase: "Failed", reason, message: `The node was low on resource: ${text}` } },
      }),
    ),
  "an admission webhook's refusal": (text) =>
    status({ pod: undefined, refusals: [{ kind: "Pod", why: "Forbidden", message: text }] }),
  events: (text) =>
    eventReasons.map((reason) =>
      status({
        pod: { ...podWith([]), status: { phase: "Pending" } },
        events: [{ type: "Warning", reason, message: text, lastTime: "2030-01-01T00:00:00Z" }],
      }),
    ),
};

const eventReasons = ["Failed", "Pulling", "FailedMount", "FailedCreatePodSandBox", "ProvisioningFailed", "Unhealthy"];
const source = { controller: "c", instance: "i" };

/** What parsers take to be the beginning of something, and what never ends it. */
const pieces = [
  ...Array.from("a0Z_-/.:=@\"'\\{}[](),; \t\n%\u001b\ufffd\u00e9"),
  ...["-key", "key=", "key is ", 'token="', "--pass ", "Bearer ", "://", "a:b@", "eyJ", "\u001b[0;", "10.0.0.1", "0a"],
  ...["12:00:00", "2026-01-01 ", "0/3 nodes are available: ", "1 node(s) had untolerated taint {", "a: ", ", 1 "],
  ...['storageclass.storage.k8s.io "', 'persistentvolumeclaim "', "no runtime for ", ". preemption", 'Pulling image "'],
  ...["fps{", 'a="', "1e9", "nan", "-inf", '{"a":', "exceeded quota: ", "pull "],
];

describe("what others write", () => {
  for (const [name, read] of Object.entries(entryPoints))
    it(`costs linear time as ${name}`, () => {
      const hostile = fc.tuple(
        fc.constantFrom("", ...pieces),
        fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 3 }),
        fc.constantFrom("", ...pieces),
      );
      // A form that is nearly met to the end is tried again from each letter.
      for (const piece of pieces) for (const last of ["", " b c"]) expectLinear(read, piece, "", last);
      fc.assert(
        fc.property(hostile, ([first, repeated, last]) => expectLinear(read, repeated.join(""), first, last)),
        {
          numRuns: 10,
        },
      );
    }).timeout(60_000);
});

/** Processor time, which other processes do not add to: 32 kB take a millisecond by linear work, and a second by quadratic. */
function expectLinear(read: (text: string) => unknown, repeated: string, first = "", last = ""): void {
  const text = `${first}${repeated.repeat(32_768 / repeated.length)}${last}`;
  const before = process.cpuUsage();
  read(text);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000, `milliseconds of ${JSON.stringify([first, repeated, last])}`).to.be.below(250);
}

function status(changes: Parameters<typeof view>[0]) {
  return sessionStatus(view(changes), settings, now);
}

function apiError(message: string) {
  return new ApiException(403, "", JSON.stringify({ kind: "Status", reason: "Forbidden", message }), {});
}

function ignoring(read: () => unknown): void {
  try {
    read();
  } catch {
    // What is wrong is refused; how long that takes is the question.
  }
}
