/**
 * The four functions of the metadata proposal that @peculiar/x509 needs on Reflect before it loads
 * (its README, "Reflect Polyfill Required"). They keep to themselves when a full polyfill is there.
 */
const store = new WeakMap<object, Map<unknown, unknown>>();

function own(target: object): Map<unknown, unknown> {
  const known = store.get(target) ?? new Map<unknown, unknown>();
  store.set(target, known);
  return known;
}

function getMetadata(key: unknown, target: object): unknown {
  for (let holder: object | null = target; holder; holder = Object.getPrototypeOf(holder) as object | null) {
    if (store.get(holder)?.has(key)) return own(holder).get(key);
  }
  return undefined;
}

if (!("getMetadata" in Reflect)) {
  Object.assign(Reflect, {
    defineMetadata: (key: unknown, value: unknown, target: object) => void own(target).set(key, value),
    getOwnMetadata: (key: unknown, target: object) => own(target).get(key),
    getMetadata,
    metadata: (key: unknown, value: unknown) => (target: object) => void own(target).set(key, value),
  });
}
