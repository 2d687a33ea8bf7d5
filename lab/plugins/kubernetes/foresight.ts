/** What a preview can say of outputs that only the server decides. */
import type { PropertyMap, PropertyValue } from "../rpc/property.ts";
import { isObject, Unknown } from "../rpc/property.ts";
import type { Manifest } from "./manifest.ts";
import { field, kindOf, withField } from "./manifest.ts";

const assigned = [
  ["metadata", "uid"],
  ["metadata", "resourceVersion"],
  ["metadata", "creationTimestamp"],
];
const assignedToServices = [
  ["spec", "clusterIP"],
  ["spec", "clusterIPs"],
];

/**
 * An object that is about to be created, with placeholders where the server assigns values: a dry run answers these with values that the
 * real creation will not have, and without them dependants would read "nothing".
 */
export function withPlaceholders(expected: Manifest, inputs: Manifest): Manifest {
  const paths = kindOf(inputs) === "Service" ? [...assigned, ...assignedToServices] : assigned;
  return paths
    .filter((path) => field(inputs, ...path) === undefined)
    .reduce((object, path) => withField(object, path, new Unknown()), expected);
}

/** An object that is about to change, as far as one can tell without the server: as it was, with the new inputs laid over it. */
export function overlaid(live: PropertyMap, inputs: PropertyMap): PropertyMap {
  const result: PropertyMap = { ...live };
  for (const [key, value] of Object.entries(inputs)) result[key] = overlaidValue(live[key], value);
  return result;
}

function overlaidValue(live: PropertyValue | undefined, input: PropertyValue): PropertyValue {
  return isObject(live) && isObject(input) ? overlaid(live, input) : input;
}
