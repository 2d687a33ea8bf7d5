import type { PropertyMap, PropertyValue } from "../rpc/property.ts";
import { isObject } from "../rpc/property.ts";

/**
 * The live object cut down to the shape of the inputs: only what the program says is compared with it, not what the server and
 * controllers add. Where shapes differ, the live value stays whole, so that the difference shows.
 */
export function prune(live: PropertyMap, shape: PropertyMap): PropertyMap {
  return Object.fromEntries(
    Object.entries(live)
      .filter(([key]) => Object.hasOwn(shape, key))
      .map(([key, value]) => [key, pruneValue(value, shape[key] ?? null)]),
  );
}

function pruneValue(live: PropertyValue, shape: PropertyValue): PropertyValue {
  if (isObject(live) && isObject(shape)) return prune(live, shape);
  if (Array.isArray(live) && Array.isArray(shape)) return pruneArray(live, shape);
  return live;
}

/** Elements are matched by place. What the live list has beyond the inputs' length is not of the program. */
function pruneArray(live: PropertyValue[], shape: PropertyValue[]): PropertyValue[] {
  if (shape.length > 0 && live.length > 0 && isObject(live[0]) !== isObject(shape[0])) return live;
  return shape.slice(0, live.length).map((item, index) => pruneValue(live[index] ?? null, item));
}
