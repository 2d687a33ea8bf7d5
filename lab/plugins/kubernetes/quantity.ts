/**
 * The one way in which Kubernetes writes a quantity (`0.5` -> `500m`, `1024Mi` -> `1Gi`, `1000` -> `1k`), so that equal amounts compare equal.
 * Rules: k8s.io/apimachinery/pkg/api/resource. Text that is no quantity, and the rare forms
 * with an exponent or a plus, come back as they are.
 */
export function canonicalQuantity(value: string | number): string {
  const given = String(value).trim();
  const match = /^(-?)(\d*)(?:\.(\d+))?(|[numkMGTPE]|[KMGTPE]i)$/.exec(given);
  const [, sign = "", whole = "", fraction = "", suffix = ""] = match ?? [];
  if (!match || whole + fraction === "") return given;
  const nanos = toNanos(BigInt(whole + fraction), fraction.length, suffix);
  const written = suffix.endsWith("i") && nanos >= 1024n * nano ? binary(nanos) : decimal(nanos);
  return sign === "-" && nanos > 0n ? `-${written}` : written;
}

const nano = 1_000_000_000n;
const decimalExponents: Record<string, number> = { n: -9, u: -6, m: -3, "": 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const binarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/** Rounded up to whole billionths, as Kubernetes does. */
function toNanos(digits: bigint, fractionDigits: number, suffix: string): bigint {
  const binaryPower = binarySuffixes.indexOf(suffix);
  const scale =
    binaryPower > 0 ? nano * 1024n ** BigInt(binaryPower) : 10n ** BigInt(9 + (decimalExponents[suffix] ?? 0));
  const divisor = 10n ** BigInt(fractionDigits);
  return (digits * scale + divisor - 1n) / divisor;
}

function decimal(nanos: bigint): string {
  if (nanos === 0n) return "0";
  const [suffix = "", exponent = 0] =
    Object.entries(decimalExponents).findLast(([, power]) => nanos % 10n ** BigInt(power + 9) === 0n) ?? [];
  return `${String(nanos / 10n ** BigInt(exponent + 9))}${suffix}`;
}

function binary(nanos: bigint): string {
  const bytes = (nanos + nano - 1n) / nano;
  const power = binarySuffixes.findLastIndex((_, index) => bytes % 1024n ** BigInt(index) === 0n);
  return `${String(bytes / 1024n ** BigInt(power))}${binarySuffixes[power] ?? ""}`;
}
