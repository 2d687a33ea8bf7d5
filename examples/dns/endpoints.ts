/** One entry of the platform's output `dns` (docs/outputs.md). */
export interface DnsRecord {
  readonly name: string;
  readonly type: "A" | "AAAA" | "CNAME";
  /** Seconds. */
  readonly ttl: number;
  readonly values: readonly string[];
}

/** One entry of `spec.endpoints` in external-dns's DNSEndpoint (kubernetes-sigs/external-dns, docs/sources/crd.md). */
export interface Endpoint {
  readonly dnsName: string;
  readonly recordType: string;
  readonly recordTTL: number;
  readonly targets: readonly string[];
}

/**
 * @param records the platform's output `dns`
 * @throws Error when it is not a list of records: then this is another stack, or another version of the contract
 */
export function endpoints(records: unknown): Endpoint[] {
  if (!Array.isArray(records) || !records.every(isRecord))
    throw new Error("the stack's output `dns` is no list of {name, type, ttl, values}; is it a kasm-vdi stack?");
  return records.map(({ name, type, ttl, values }) => ({
    dnsName: name,
    recordType: type,
    recordTTL: ttl,
    targets: values,
  }));
}

function isRecord(value: unknown): value is DnsRecord {
  const { name, type, ttl, values } = (value ?? {}) as Partial<Record<keyof DnsRecord, unknown>>;
  return (
    typeof name === "string" &&
    (type === "A" || type === "AAAA" || type === "CNAME") &&
    typeof ttl === "number" &&
    Array.isArray(values)
  );
}
