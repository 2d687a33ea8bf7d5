import { randomBytes as draw, randomUUID } from "node:crypto";

import type { PropertyMap } from "../rpc/property.ts";
import type { RandomKind } from "./kind.ts";
import { textOf, wholeNumbers } from "./kind.ts";

/** `RandomId`: bytes in four spellings, each after an optional prefix. The id is the URL-safe spelling without it. */
export const randomId: RandomKind = {
  inputs: { byteLength: null, keepers: null, prefix: null },
  outputs: {
    b64Std: { secret: false },
    b64Url: { secret: false },
    dec: { secret: false },
    hex: { secret: false },
    id: { secret: false },
  },
  validate: (settings) => wholeNumbers(settings, ["byteLength"], 1),
  generate: (settings) => idOutputs(draw(Number(settings.byteLength)), prefixOf(settings)),
  id: (outputs) => textOf(outputs.id),
  adopt: (importId) => {
    const comma = importId.lastIndexOf(",");
    const bytes = Buffer.from(importId.slice(comma + 1), "base64url");
    const prefix: PropertyMap = comma < 0 ? {} : { prefix: importId.slice(0, comma) };
    return { inputs: { byteLength: bytes.length, ...prefix }, outputs: idOutputs(bytes, prefixOf(prefix)) };
  },
};

/** `RandomBytes`: bytes in two spellings, both secret. The id is the base64 spelling, which the official plugin leaves in clear too. */
export const randomBytes: RandomKind = {
  inputs: { keepers: null, length: null },
  outputs: { base64: { secret: true }, hex: { secret: true } },
  validate: (settings) => wholeNumbers(settings, ["length"], 1),
  generate: (settings) => bytesOutputs(draw(Number(settings.length))),
  id: (outputs) => textOf(outputs.base64),
  adopt: (importId) => {
    const bytes = Buffer.from(importId, "base64");
    return { inputs: { length: bytes.length }, outputs: bytesOutputs(bytes) };
  },
};

/** `RandomUuid`: a version 4 UUID. */
export const randomUuid: RandomKind = {
  inputs: { keepers: null },
  outputs: { result: { secret: false }, id: { secret: false } },
  validate: () => [],
  generate: () => uuidOutputs(randomUUID()),
  id: (outputs) => textOf(outputs.result),
  adopt: (importId) => ({ inputs: {}, outputs: uuidOutputs(importId) }),
};

function idOutputs(bytes: Buffer, prefix: string): PropertyMap {
  const id = bytes.toString("base64url");
  const hex = bytes.toString("hex");
  return {
    b64Std: prefix + bytes.toString("base64"),
    b64Url: prefix + id,
    dec: prefix + BigInt(`0x${hex}`).toString(),
    hex: prefix + hex,
    id,
  };
}

function prefixOf(settings: PropertyMap): string {
  return textOf(settings.prefix);
}

function bytesOutputs(bytes: Buffer): PropertyMap {
  return { base64: bytes.toString("base64"), hex: bytes.toString("hex") };
}

function uuidOutputs(uuid: string): PropertyMap {
  return { result: uuid, id: uuid };
}
