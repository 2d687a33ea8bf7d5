import { readyTable } from "./ready.ts";
import { ago, nothingYet, session } from "./views.ts";

const left = (seconds: number) => ({
  metadata: { name: "alice-old", namespace: "kasm-vdi", deletionTimestamp: ago(seconds) },
  spec: { nodeName: "gpu-1" },
});

describe("why a user may not have one more desktop", () => {
  readyTable({
    "another session goes first: names that and what to do": [
      nothingYet({ oneTooMany: { session: { ...session(), metadata: { name: "alice-2" } } } }),
      ["TooManySessions", "session alice-2 goes first", "Suspend or delete a session of this user"],
    ],
    "the pod of a session that is gone has not ended: goes on by itself": [
      nothingYet({ oneTooMany: { pod: left(-20) } }),
      [
        "Replacing",
        "Pod alice-old of a deleted session counts as one of alice@example.com's desktops",
        "starts as soon",
      ],
    ],
    "that pod does not end: names its node": [
      nothingYet({ oneTooMany: { pod: left(60) } }),
      ["TerminatingStuck", "alice-old", "gpu-1", "kubelet"],
    ],
  });
});
