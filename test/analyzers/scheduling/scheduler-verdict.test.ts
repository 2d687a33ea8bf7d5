import { expect } from "chai";
import fc from "fast-check";
import { parseVerdict } from "../../../analyzers/scheduling/scheduler-verdict.ts";

const short = (message: string) =>
  parseVerdict(message)?.refusals.map(({ nodes, why, what }) => [nodes, why, ...(what === undefined ? [] : [what])]);

describe("the scheduler's sentence", () => {
  for (const [message, refusals] of [
    [
      "0/3 nodes are available: 1 Insufficient nvidia.com/gpu, 2 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }. preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.",
      [
        [1, "insufficient", "nvidia.com/gpu"],
        [2, "taint", "node-role.kubernetes.io/control-plane"],
      ],
    ],
    // Since 1.34 taints are not named.
    [
      "0/6 nodes are available: 1 node(s) didn't match PersistentVolume's node affinity, 5 node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/6 nodes are available: 6 Preemption is not helpful for scheduling.",
      [
        [1, "volume-elsewhere"],
        [5, "taint"],
      ],
    ],
    [
      "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had volume node affinity conflict, 2 Insufficient memory.",
      [
        [1, "insufficient", "cpu"],
        [1, "volume-elsewhere"],
        [2, "insufficient", "memory"],
      ],
    ],
    [
      "0/4 nodes are available: 1 Too many pods, 1 node(s) were unschedulable, 2 node(s) didn't match Pod's node affinity/selector.",
      [
        [1, "full"],
        [1, "cordoned"],
        [2, "selector"],
      ],
    ],
    // Up to 1.24.
    [
      "0/1 nodes are available: 1 node(s) had taint {gpu: only}, that the pod didn't tolerate.",
      [[1, "taint", "gpu: only"]],
    ],
    ["0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.", [[3, "volume-unbound"]]],
    [
      '0/1 nodes are available: 1 persistentvolumeclaim "home-a" not found. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
      [[1, "claim", "home-a"]],
    ],
    ["0/2 nodes are available: 2 node(s) didn't match pod topology spread constraints.", [[2, "other"]]],
    ["no nodes available to schedule pods", []],
  ] as const)
    it(`is read: ${message}`, () => expect(short(message)).to.deep.equal(refusals));

  it("is left alone when it has another form", () => {
    for (const message of ["", 'running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded'])
      expect(parseVerdict(message)).to.equal(undefined);
  });

  it("gives back every count and resource that was put into it", () => {
    const part = fc.tuple(
      fc.integer({ min: 1, max: 99 }),
      fc.stringMatching(/^[a-z]{1,9}(\.[a-z]{1,5}\/[a-z.]{1,9}[a-z])?$/),
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), fc.boolean(), (parts, hasPreemption) => {
        const text = parts.map(([count, resource]) => `${count} Insufficient ${resource}`).join(", ");
        const tail = hasPreemption ? " preemption: 0/99 nodes are available: 99 No preemption victims found." : "";
        expect(short(`0/99 nodes are available: ${text}.${tail}`)).to.deep.equal(
          parts.map(([count, resource]) => [count, "insufficient", resource]),
        );
      }),
    );
  });
});
