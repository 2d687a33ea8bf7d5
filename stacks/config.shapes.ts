import { isIP, isIPv4 } from "node:net";
import { domainToASCII } from "node:url";
import { z } from "zod";
import { isMovingTag } from "../components/objects/image.ts";

/**
 * Building blocks of the config's schema. Each carries `allowed`: it completes "must be ..." in a message, and stands in
 * the reference page.
 */

const shaped = <T extends z.ZodType>(schema: T, allowed: string, hint?: ValueHint): T =>
  schema.meta({ allowed, ...(hint && { hint }) });

export const wholeNumber = (min: number, max?: number) => {
  const error = max === undefined ? `a whole number, ${min} or more` : `a whole number from ${min} to ${max}`;
  const number = z.int({ error }).min(min, { error });
  return shaped(max === undefined ? number : number.max(max, { error }), error);
};

type ValueHint = (value: unknown) => string | undefined;

/** @param hint what to write instead of a value that people do write */
export const text = (pattern: RegExp, error: string, hint?: Hint) =>
  shaped(z.string({ error }).regex(pattern, { error }), error, hint && hintOf(hint));

type Hint = (value: string) => string | undefined;

const hintOf = (hint: Hint) => (value: unknown) => (typeof value === "string" ? hint(value) : undefined);

export const textThat = (isRight: (value: string) => boolean, error: string) =>
  shaped(z.string({ error }).refine(isRight, { error }), error);

/** Text that no message may repeat. */
export const secretText = (error: string) => text(/\S/, error).meta({ allowed: error, isSecret: true });

export const flag = () => shaped(z.boolean({ error: "true or false" }), "true or false");

export const oneOf = <const T extends readonly [string, ...string[]]>(values: T) => {
  const error = values.length === 1 ? `"${values[0]}"` : `one of ${values.join(", ")}`;
  return shaped(z.enum(values, { error }), error);
};

export const group = <T extends z.core.$ZodShape>(shape: T, error = "a group of keys") =>
  shaped(z.strictObject(shape, { error }), error);

export const list = <T extends z.ZodType>(element: T, error: string) => shaped(z.array(element, { error }), error);

const tagForm = /^\w[\w.-]{0,127}$/;
const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const hostname = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
const labelKey = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const labelText = "a label value: letters, digits, dashes, dots and underscores, at most 63";
const labelValue = /^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/;

export const hostName = text(
  hostname,
  "a host name such as desktops.example.com, without https:// and without *",
  plainHostName,
);
export const dnsLabel = text(label, "a DNS label: lower-case letters, digits and dashes, at most 63");
export const objectName = (kind: string, hint?: Hint) =>
  text(
    /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/,
    `the name of a ${kind}: lower-case letters, digits, dashes and dots`,
    hint,
  );
export const filePath = text(/\S/, "a path");
export const absolutePath = text(/^\/[^\s:]+$/, "an absolute path");
export const exactVersion = text(/^v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/, "an exact version such as 1.2.3");
// Helm waits at most this long for an install; a day is surely a slip of the unit.
export const seconds = wholeNumber(30, 86_400);
export const port = wholeNumber(1, 65_535);
export const ipAddress = (error = "an IPv4 or IPv6 address") => textThat((ip) => isIP(ip) !== 0, error);
export const ipv4Address = (error: string) => textThat(isIPv4, error);
export const ipAddresses = list(ipAddress(), "a list of IP addresses");
export const cidr = textThat(isCidr, "an address range such as 10.42.0.0/16");

/** An image that stays the same: with a tag that does not move, or a digest, or both. */
export const pinnedImage = textThat(
  isPinned,
  "an image with a tag other than latest, or with a digest, such as node:24.11.1-alpine",
);

export const imageTag = textThat(
  (tag) => tagForm.test(tag) && !isMovingTag(tag),
  "an image tag that does not move, such as 1.19.0",
);

export const textMap = (key: z.ZodString, value: z.ZodString, error: string) =>
  shaped(z.record(key, value, { error }), error);

export const labels = textMap(
  text(labelKey, "a label key such as pool or example.com/pool"),
  shaped(z.string({ error: labelText }).regex(labelValue, { error: labelText }), labelText, (value) =>
    typeof value === "boolean" || typeof value === "number" ? `put it in quotes: "${value}"` : undefined,
  ),
  "labels as key: value",
);

/** The host name that somebody meant who wrote an address, capitals, letters of their own script, a port or a wildcard. */
function plainHostName(value: string): string | undefined {
  const [host = "", port] = value
    .trim()
    .replace(/^[a-z]+:\/\//i, "")
    .replace(/^\*\./, "")
    .replace(/\/.*$/, "")
    .split(":", 2);
  const plain = domainToASCII(host);
  if (plain === value || !hostname.test(plain)) return undefined;
  const only443 = port === undefined || port === "443" ? "" : "; browsers reach it on port 443 alone";
  return `write ${plain}${only443}`;
}

function isPinned(image: string): boolean {
  const [, tag, digest] =
    /^[\w.-]+(?::\d+(?=\/))?(?:\/[\w.-]+)*?(?::([\w.-]+))?(@sha256:[0-9a-f]{64})?$/.exec(image) ?? [];
  if (tag !== undefined && (!tagForm.test(tag) || isMovingTag(tag))) return false;
  return tag !== undefined || digest !== undefined;
}

function isCidr(range: string): boolean {
  const [address = "", bits = "", ...rest] = range.split("/");
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most;
}
