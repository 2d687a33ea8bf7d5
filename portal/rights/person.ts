/** Somebody who has signed in. */
export interface Person {
  /** As `spec.user` of sessions has it. */
  readonly user: string;
  readonly groups: readonly string[];
  readonly isAdmin: boolean;
}

/** Names of Kubernetes' own users and groups begin so; no sign-in of a site may claim one. */
const reserved = "system:";

const longestName = 254;
// As many as a session may name.
const mostGroups = 32;

/**
 * The person that a sign-in tells of.
 *
 * @param groups those that matter here: more than 32 are cut off, administrators' groups first
 * @returns why it is nobody, as a sentence
 */
export function personOf(
  user: unknown,
  groups: unknown,
  adminGroups: readonly string[],
): Person | { readonly refused: string } {
  if (typeof user !== "string" || user === "") return { refused: "the sign-in tells no user name" };
  if (user.length > longestName) return { refused: `the user name is longer than ${longestName} letters` };
  if (user.startsWith(reserved)) return { refused: `a user name may not begin with ${reserved}` };
  const isGroup = (group: unknown): group is string =>
    typeof group === "string" && group !== "" && group.length <= longestName && !group.startsWith(reserved);
  const all = [...new Set((Array.isArray(groups) ? groups : [groups]).filter(isGroup))];
  const isAdmin = all.some((group) => adminGroups.includes(group));
  const ranked = all.toSorted((a, b) => Number(adminGroups.includes(b)) - Number(adminGroups.includes(a)));
  return { user, groups: ranked.slice(0, mostGroups), isAdmin };
}
