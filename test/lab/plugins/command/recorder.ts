import { setTimeout as sleep } from "node:timers/promises";

import { commandProvider } from "../../../../lab/plugins/command/provider.ts";
import { checkInputs, localFields, remoteFields } from "../../../../lab/plugins/command/inputs.ts";
import type { PropertyMap } from "../../../../lab/plugins/rpc/property.ts";
import { isSecret } from "../../../../lab/plugins/rpc/property.ts";
import type { Call, Subject } from "../../../../lab/plugins/rpc/provider.ts";
import { urnOf } from "../plugin-client.ts";

/** Runs the command provider's operations on checked inputs and keeps what they say. */
export function recorder(type: "command:local:Command" | "command:remote:Command") {
  const said: string[] = [];
  const cancel = new AbortController();
  const say = (line: string) => void said.push(line);
  const call: Call = {
    signal: cancel.signal,
    log: { debug: say, info: say, warning: say, error: say },
    status: say,
  };
  const subject: Subject = { type, name: "it", urn: urnOf(type, "it") };
  const checked = (inputs: PropertyMap) =>
    checkInputs(type === "command:local:Command" ? localFields : remoteFields, inputs).inputs;
  return {
    said,
    /** Waits until the command has shown a line. */
    firstLine: async () => {
      for (let attempt = 0; attempt < 500; attempt++) {
        if (said[0] !== undefined) return said[0];
        await sleep(10);
      }
      throw new Error("the command showed nothing");
    },
    cancel: () => cancel.abort(new Error("cancelled")),
    create: async (inputs: PropertyMap, { preview = false, timeoutSeconds = undefined as number | undefined } = {}) =>
      commandProvider.create!({ ...subject, properties: checked(inputs), preview, timeoutSeconds }, call),
    update: async (inputs: PropertyMap, olds: PropertyMap, { preview = false } = {}) =>
      commandProvider.update!(
        {
          ...subject,
          id: "it1",
          olds,
          news: checked(inputs),
          oldInputs: {},
          preview,
          timeoutSeconds: undefined,
        },
        call,
      ),
    delete: async (properties: PropertyMap) =>
      commandProvider.delete!({ ...subject, id: "it1", properties, oldInputs: {}, timeoutSeconds: undefined }, call),
  };
}

/** What a command wrote to stdout, whether or not state keeps it secret. */
export function stdoutOf({ properties }: { properties: PropertyMap }): unknown {
  return isSecret(properties.stdout) ? properties.stdout.value : properties.stdout;
}

export async function messageOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "it did not fail",
    (error: unknown) => (error as Error).message,
  );
}
