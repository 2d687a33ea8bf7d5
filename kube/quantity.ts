const factors: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * The number that a quantity stands for: `1500m` -> 1.5, `1.5Gi` -> 1610612736, `1e3` -> 1000. client-node's own reader
 * fails on fractions with a suffix. Rules: k8s.io/apimachinery/pkg/api/resource.
 *
 * @throws Error for text that is no quantity
 */
export function quantityValue(quantity: string): number {
  const [, number = "", suffix = ""] = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(quantity) ?? [];
  const value = Number(number) * (factors[suffix] ?? NaN);
  if (number === "" || Number.isNaN(value)) throw new Error(`"${quantity}" is no quantity`);
  return value;
}
