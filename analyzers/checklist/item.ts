/** One line of a checklist: what was looked at, and what is wrong with it. What could not be seen has not passed. */
export interface ChecklistItem {
  /** `All pods running` */
  readonly title: string;
  readonly result: "pass" | "warn" | "fail" | "unknown" | "skip";
  /** What was looked at, or why nothing could be told. */
  readonly detail: string;
  /** A sentence each. */
  readonly problems: readonly string[];
}

/** Passed where there is no problem, failed otherwise. */
export function checkedItem(title: string, detail: string, problems: readonly string[]): ChecklistItem {
  return { title, result: problems.length === 0 ? "pass" : "fail", detail, problems };
}

export function notSeen(title: string, reason: string): ChecklistItem {
  return { title, result: "unknown", detail: reason, problems: [] };
}
