/** What stands before a check, by its result. */
export const marks = { pass: "√", warn: "‼", fail: "×", unknown: "?", skip: "-" } as const;
