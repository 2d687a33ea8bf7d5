/** How property values travel: a protobuf Struct in which objects with a signature key stand for what JSON lacks. */
import struct from "google-protobuf/google/protobuf/struct_pb.js";

import type { PropertyMap, PropertyValue, UnknownKind } from "./property.ts";
import { Archive, Asset, isObject, ResourceReference, Secret, secret, Unknown } from "./property.ts";

// Source of these constants: pulumi/pulumi, sdk/go/common/resource/sig/sig.go and .../plugin/rpc.go
const signatureKey = "4dabf18193072939515e22adb298388d";
const signatures = {
  secret: "1b47061264138c4ac30d75fd1eb44270",
  reference: "5cf8f73096256a8f31e491e813e4eb8e",
  output: "d0e6a833031e9bbcd3f4e8bde6ca49a4",
  asset: "c44067f5952c0a294b673a41bacd8c17",
  archive: "0def7320c3a5731c473e5ecbe6d01bc7",
};
const unknowns: Record<UnknownKind, string> = {
  bool: "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  number: "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  string: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  array: "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  asset: "030794c1-ac77-496b-92df-f27374a8bd58",
  archive: "e48ece36-62e2-4504-bad9-02848725956a",
  object: "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
};
const unknownKinds = new Map(Object.entries(unknowns).map(([kind, text]) => [text, kind as UnknownKind]));

/** An absent Struct is an empty map. */
export function decodeProperties(message: struct.Struct | undefined): PropertyMap {
  if (message === undefined) return {};
  const entries: [string, PropertyValue][] = [];
  message.getFieldsMap().forEach((value, key) => entries.push([key, decodeValue(value)]));
  return Object.fromEntries(entries);
}

export function encodeProperties(properties: PropertyMap): struct.Struct {
  const message = new struct.Struct();
  const fields = message.getFieldsMap();
  for (const [key, value] of Object.entries(properties)) fields.set(key, encodeValue(value));
  return message;
}

function decodeValue(message: struct.Value): PropertyValue {
  switch (message.getKindCase()) {
    case struct.Value.KindCase.BOOL_VALUE:
      return message.getBoolValue();
    case struct.Value.KindCase.NUMBER_VALUE:
      return message.getNumberValue();
    case struct.Value.KindCase.STRING_VALUE:
      return decodeString(message.getStringValue());
    case struct.Value.KindCase.LIST_VALUE:
      return (message.getListValue()?.getValuesList() ?? []).map((item) => decodeValue(item));
    case struct.Value.KindCase.STRUCT_VALUE:
      return decodeObject(decodeProperties(message.getStructValue()));
    default:
      return null;
  }
}

function decodeString(text: string): PropertyValue {
  const kind = unknownKinds.get(text);
  return kind === undefined ? text : new Unknown(kind);
}

/** @throws on a signature that no provider has agreed to receive. */
function decodeObject(object: PropertyMap): PropertyValue {
  const { [signatureKey]: signature, ...fields } = object;
  switch (signature) {
    case undefined:
      return object;
    case signatures.secret:
      return secret(fields.value ?? null);
    case signatures.output: {
      const value = Object.hasOwn(fields, "value") ? (fields.value ?? null) : new Unknown();
      return fields.secret === true ? secret(value) : value;
    }
    case signatures.asset:
      return new Asset(fields);
    case signatures.archive:
      return new Archive(fields);
    case signatures.reference:
      return new ResourceReference(fields);
    default:
      throw new Error(
        `a property value has the signature ${JSON.stringify(signature)}, which this provider does not know`,
      );
  }
}

function encodeValue(value: PropertyValue): struct.Value {
  const message = new struct.Value();
  if (value === null) return message.setNullValue(struct.NullValue.NULL_VALUE);
  if (typeof value === "boolean") return message.setBoolValue(value);
  if (typeof value === "number") return message.setNumberValue(value);
  if (typeof value === "string") return message.setStringValue(value);
  if (Array.isArray(value))
    return message.setListValue(new struct.ListValue().setValuesList(value.map((item) => encodeValue(item))));
  if (value instanceof Unknown) return message.setStringValue(unknowns[value.kind]);
  if (isObject(value)) return message.setStructValue(encodeProperties(value));
  return message.setStructValue(encodeProperties(signed(value)));
}

function signed(value: Exclude<PropertyValue, PropertyMap | Unknown | null>): PropertyMap {
  if (value instanceof Secret) return { [signatureKey]: signatures.secret, value: value.value };
  if (value instanceof Asset) return { [signatureKey]: signatures.asset, ...value.fields };
  if (value instanceof Archive) return { [signatureKey]: signatures.archive, ...value.fields };
  if (value instanceof ResourceReference) return { [signatureKey]: signatures.reference, ...value.fields };
  throw new TypeError(`${typeof value} has no signature`);
}
