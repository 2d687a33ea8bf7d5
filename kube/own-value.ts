/**
 * What a record holds under a name that others gave: undefined for a name that is not there. Read with brackets, the names that
 * every object answers to, `constructor` and `toString` among them, would give functions.
 */
export function ownValue<Value>(record: Readonly<Record<string, Value>> | undefined, name: string): Value | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}
