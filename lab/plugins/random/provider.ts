import type { PropertyMap, PropertyValue } from "../rpc/property.ts";
import { isObject, sameValue, secret, Unknown } from "../rpc/property.ts";
import type { DiffKind, DiffRequest, DiffResponse, ResourceProvider } from "../rpc/provider.ts";
import { status, StatusError } from "../rpc/errors.ts";
import { randomBytes, randomId, randomUuid } from "./bytes.ts";
import type { RandomKind } from "./kind.ts";
import { settingsOf } from "./kind.ts";
import { randomPassword, randomString, withNumeric } from "./text.ts";

const kinds: Record<string, RandomKind> = {
  "random:index/randomBytes:RandomBytes": randomBytes,
  "random:index/randomId:RandomId": randomId,
  "random:index/randomPassword:RandomPassword": randomPassword,
  "random:index/randomString:RandomString": randomString,
  "random:index/randomUuid:RandomUuid": randomUuid,
};

/**
 * Stand-in for @pulumi/random: values come from the system's generator and live in state only. Inputs, outputs, ids and the marks in
 * state are the official plugin's (pulumi-random over terraform-provider-random), so that either can continue what the other began.
 */
export const randomProvider: ResourceProvider = {
  name: "random",
  version: "4.21.2",

  checkConfig: ({ news }) => ({ inputs: news }),
  diffConfig: () => ({ changes: false }),

  check({ type, news }) {
    const kind = kindOf(type);
    const inputs = Object.fromEntries(Object.entries(news).filter(([, value]) => value !== null));
    return { inputs, failures: kind.validate(settingsOf(kind, inputs)) };
  },

  diff: (request) => diff(kindOf(request.type), request),

  async create({ type, properties, preview }) {
    const kind = kindOf(type);
    const settings = fullSettings(kind, properties);
    if (preview) {
      const unknown = Object.keys(kind.outputs).map((name): [string, PropertyValue] => [name, new Unknown()]);
      return { id: "", properties: { ...settings, ...Object.fromEntries(unknown) } };
    }
    const outputs = await kind.generate(settings);
    return { id: kind.id(outputs), properties: stateOf(kind, settings, outputs) };
  },

  async read({ type, id, properties, inputs }) {
    if (Object.keys(properties).length > 0) return { id, properties, inputs };
    const kind = kindOf(type);
    const adopted = await kind.adopt(id);
    return {
      id: kind.id(adopted.outputs),
      properties: stateOf(kind, fullSettings(kind, adopted.inputs), adopted.outputs),
      inputs: adopted.inputs,
    };
  },

  update({ type, olds, news }) {
    const kind = kindOf(type);
    const outputs = Object.entries(olds).filter(([name]) => !(name in kind.inputs));
    return { properties: { ...Object.fromEntries(outputs), ...fullSettings(kind, news) } };
  },

  delete: () => undefined,
};

/** Every changed setting draws a new value, except an empty `overrideSpecial` that is left out: that is the same alphabet. */
function diff(kind: RandomKind, { olds, news }: DiffRequest): DiffResponse {
  const after = fullSettings(kind, news);
  const before = fullSettings(kind, olds);
  const detailedDiff: NonNullable<DiffResponse["detailedDiff"]> = {};
  for (const name of Object.keys(kind.inputs)) {
    const [old, now] = [before[name], after[name]];
    if (sameValue(old, now) || (isEmpty(old) && isEmpty(now))) continue;
    const change = old === undefined ? "add" : now === undefined ? "delete" : "update";
    const isSameAlphabet = name === "overrideSpecial" && old === "" && now === undefined;
    const diffKind: DiffKind = isSameAlphabet ? change : `${change}-replace`;
    detailedDiff[name] = { kind: diffKind };
  }
  return { changes: Object.keys(detailedDiff).length > 0, detailedDiff };
}

/** An absent map and an empty one are the same keepers. */
function isEmpty(value: PropertyValue | undefined): boolean {
  return value === undefined || (isObject(value) && Object.keys(value).length === 0);
}

function fullSettings(kind: RandomKind, given: PropertyMap): PropertyMap {
  const settings = settingsOf(kind, given);
  return "numeric" in kind.inputs ? withNumeric(settings) : settings;
}

function stateOf(kind: RandomKind, settings: PropertyMap, outputs: PropertyMap): PropertyMap {
  const version = kind.schemaVersion;
  const marked = Object.entries(outputs).map(([name, value]): [string, PropertyValue] => [
    name,
    kind.outputs[name]?.secret === true ? secret(value) : value,
  ]);
  const meta: PropertyMap =
    version === undefined ? {} : { __meta: JSON.stringify({ schema_version: String(version) }) };
  return { ...meta, ...settings, ...Object.fromEntries(marked) };
}

function kindOf(type: string): RandomKind {
  const kind = kinds[type];
  if (kind === undefined) {
    throw new StatusError(
      status.UNIMPLEMENTED,
      `the lab's stand-in for @pulumi/random does not have ${type}; it has ${Object.keys(kinds).join(", ")}`,
    );
  }
  return kind;
}
