import { expect } from "chai";
import type { SessionView } from "../../../operator/view/session-view.ts";
import { sessionStatus } from "../../../operator/status/session-status.ts";
import { now, settings } from "./views.ts";

/** What a row of a table expects of Ready: its reason, and what its sentence says. */
export type Expected = readonly [reason: string, ...says: (string | RegExp)[]];

export function expectReady(view: SessionView, [reason, ...says]: Expected): void {
  const { conditions = [], message } = sessionStatus(view, settings, now);
  const ready = conditions.find(({ type }) => type === "Ready");
  expect(ready?.reason, ready?.message).to.equal(reason);
  expect(message).to.equal(ready?.message);
  for (const words of says)
    if (typeof words === "string") expect(message).to.contain(words);
    else expect(message).to.match(words);
}

/** One test for each row: what is the case, the view of it, and what Ready says. */
export function readyTable(rows: Readonly<Record<string, readonly [SessionView, Expected]>>): void {
  for (const [title, [view, expected]] of Object.entries(rows)) it(title, () => expectReady(view, expected));
}
