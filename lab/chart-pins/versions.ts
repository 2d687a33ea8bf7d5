/** Compares two versions by their numbers, as `v26.7.0` and `41.5.0`; below 0 when `a` is the older one. */
export function compareVersions(a: string, b: string): number {
  const [one, other] = [numbersOf(a), numbersOf(b)];
  for (let index = 0; index < Math.max(one.length, other.length); index++) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The newest version of all that are no pre-releases. */
export function newestOf(versions: readonly string[]): string | undefined {
  return versions
    .filter((version) => /^v?\d+(\.\d+)*$/.test(version))
    .toSorted(compareVersions)
    .at(-1);
}

const holds: Readonly<Record<string, (difference: number) => boolean>> = {
  "<": (difference) => difference < 0,
  "<=": (difference) => difference <= 0,
  "=": (difference) => difference === 0,
  ">=": (difference) => difference >= 0,
  ">": (difference) => difference > 0,
};

/**
 * Whether a version lies in a range as advisories write it: `>= v3.0.0, < 3.7.13`, several joined by `||`. A range that cannot be
 * read counts as one that it lies in: somebody has to look.
 */
export function isInRange(version: string, range: string): boolean {
  return range.split("||").some((alternative) => {
    const bounds = alternative.split(",").map((bound) => /^\s*(<=|>=|<|>|=)?\s*(v?\d\S*)\s*$/.exec(bound));
    return bounds.every((bound) => {
      if (!bound) return true;
      const [, operator = "=", limit = ""] = bound;
      return holds[operator]?.(compareVersions(version, limit)) ?? true;
    });
  });
}

// What follows the numbers, a pre-release, is older than they are; for ranges of releases that makes no difference.
function numbersOf(version: string): number[] {
  return (/\d+(\.\d+)*/.exec(version)?.[0] ?? "0").split(".").map(Number);
}
