import { isDeepStrictEqual } from "node:util";
import type { ChartFacts } from "./facts.ts";
import type { Labels, ObjectFacts } from "./objects.ts";

/** One thing in which two charts differ: where, as `VARIANT Kind/name field`, and both sides. */
export interface Difference {
  readonly at: string;
  readonly real: unknown;
  readonly standIn: unknown;
}

/** In what a stand-in differs from the real chart: CRDs, and every fact of every object in each variant. */
export function differences(real: ChartFacts, standIn: ChartFacts): Difference[] {
  const [ours, theirs] = [withoutAppVersion(standIn), withoutAppVersion(real)];
  const crds = [...new Set([...real.crds, ...standIn.crds])].sort();
  return [
    ...crds.flatMap((crd) => differing(`crd ${crd}`, real.crds.includes(crd), standIn.crds.includes(crd))),
    ...Object.entries(theirs).flatMap(([variant, objects]) => ofObjects(variant, objects, ours[variant] ?? [])),
  ];
}

/** Images follow it, and facts may be those of a version before. */
function withoutAppVersion({ variants, appVersion }: ChartFacts): ChartFacts["variants"] {
  if (appVersion === "") return variants;
  const text = JSON.stringify(variants).replaceAll(`:${appVersion}"`, ':APP_VERSION"');
  return JSON.parse(text) as ChartFacts["variants"];
}

function ofObjects(variant: string, real: readonly ObjectFacts[], standIn: readonly ObjectFacts[]): Difference[] {
  const key = ({ kind, name }: ObjectFacts) => `${kind}/${name}`;
  const keys = [...new Set([...real, ...standIn].map(key))].sort();
  return keys.flatMap((at) => {
    const [a, b] = [real.find((it) => key(it) === at), standIn.find((it) => key(it) === at)];
    if (!a || !b) return differing(`${variant} ${at}`, a !== undefined, b !== undefined);
    const fields = [...new Set([...Object.keys(a), ...Object.keys(b)])] as (keyof ObjectFacts)[];
    return fields.flatMap((field) =>
      field === "images"
        ? ofMaps(`${variant} ${at} images`, a.images ?? {}, b.images ?? {})
        : differing(`${variant} ${at} ${field}`, a[field], b[field]),
    );
  });
}

function ofMaps(at: string, real: Labels, standIn: Labels): Difference[] {
  const keys = [...new Set([...Object.keys(real), ...Object.keys(standIn)])];
  return keys.flatMap((key) => differing(`${at}.${key}`, real[key], standIn[key]));
}

function differing(at: string, real: unknown, standIn: unknown): Difference[] {
  return isDeepStrictEqual(real, standIn) ? [] : [{ at, real, standIn }];
}
