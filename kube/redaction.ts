import { acts, errorWords, states } from "./error-words.ts";

/**
 * A text of somebody else without what looks like a password, a token or a key; each becomes `***`. Better too much than too
 * little, but for names of objects and for counts (`secrets "access-key"`, `used: secrets=10`), and for errors, whose words
 * decide what is told of them: `tls.key: permission denied`.
 *
 * Written by hand, for no letter may be read more than a few times: desktops say what they like.
 */
export function withoutSecrets(text: string): string {
  return withoutTokens(withoutNamedSecrets(text));
}

const hidden = "***";

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Without what stands where a secret is named: `password=...`, `--token ...`, `Bearer ...`, `https://user:...@host`. */
function withoutNamedSecrets(text: string): string {
  const kept: string[] = [];
  let from = 0;
  let at = 0;
  while (at < text.length) {
    const end = skip(text, at, isWordLetter);
    const secret =
      end > at ? secretAfter(text, at, end) : text.startsWith("://", at) ? userInfo(text, at + 3) : undefined;
    if (secret) {
      kept.push(text.slice(from, secret.start), hidden);
      from = secret.end;
    }
    at = secret?.end ?? Math.max(end, at + 1);
  }
  return kept.join("") + text.slice(from);
}

/** What is secret after a word from `at` to `end`. */
function secretAfter(text: string, at: number, end: number): Range | undefined {
  const word = text.slice(at, end).toLowerCase();
  if (schemes.has(word)) return credentialsOf(text, end);
  if (!secretNames.some((name) => word.includes(name))) return undefined;
  const quoteEnd = skip(text, end, isQuoteOrEscape);
  const next = skip(text, quoteEnd, isSpace);
  const signEnd = skip(text, next, isSign);
  if (signEnd > next) {
    const value = valueAt(text, skip(text, signEnd, isSpace));
    // `volume "access-key" : secret "access-key" not found`, as the kubelet says it.
    if (value && quoteEnd > end && next > quoteEnd && !value.isQuoted) return undefined;
    if (value && !value.isQuoted && isColon(text, next, signEnd) && isNoValue(text, at, end, value)) return undefined;
    return value && word.endsWith("s") && isCount(text, value) ? undefined : value;
  }
  if (quoteEnd > end || next === end) return undefined;
  if (word.startsWith("-"))
    return text.charAt(next) === "-" ? undefined : nonEmpty(next, skip(text, next, isNoSpaceOrQuote));
  const value = text.startsWith("is ", next) ? valueAt(text, skip(text, next + 2, isSpace)) : undefined;
  return value && states.has(plainWord(text, value)) ? undefined : value;
}

/** A colon as sentences have it, with a space behind. */
function isColon(text: string, signAt: number, signEnd: number): boolean {
  return signEnd === signAt + 1 && text.charAt(signAt) === ":" && isBlank(text.charAt(signEnd));
}

/** Whether what stands behind a word and a colon is no value of it, but the rest of an error. */
function isNoValue(text: string, at: number, end: number, value: Range): boolean {
  if (acts.has(text.slice(at, end).toLowerCase())) return true;
  // pkg/volume/{secret,configmap} of the kubelet: what follows is the name of the key.
  if (nameLeads.some((lead) => text.slice(Math.max(0, at - lead.length), at) === lead)) return true;
  const word = text.slice(value.start, value.end);
  if (word === "EOF") return true;
  const next = skip(text, value.end, isBlank);
  if (next === value.end || !/[\p{L}"'(/]/u.test(text.charAt(next))) return false;
  // `PEM_read_bio_PrivateKey() failed`, as OpenSSL says it.
  if (errorWords.has(plainWord(text, value)) || word.endsWith("()")) return true;
  return /^(?:[A-Za-z/]+:?|\d{3})$/.test(word) && isOfPath(text, at);
}

const nameLeads = ["references non-existent secret ", "references non-existent config "];

/** Whether a word belongs to an address, or to a file that is named from the root on. */
function isOfPath(text: string, at: number): boolean {
  let start = at;
  while (start > 0 && isNoSpaceOrQuote(text.charAt(start - 1))) start--;
  return text.charAt(start) === "/" || text.slice(start, at).includes("://");
}

/** In lower case, and without the colon behind it. */
function plainWord(text: string, { start, end }: Range): string {
  return text.slice(start, end - (text.charAt(end - 1) === ":" ? 1 : 0)).toLowerCase();
}

const schemes = new Set(["bearer", "basic"]);
const secretNames = ["pass", "pwd", "_pw", "secret", "token", "credential", "key", "auth"];

/** `Bearer abc`, but not of `no basic auth credentials`. */
function credentialsOf(text: string, schemeEnd: number): Range | undefined {
  const start = skip(text, schemeEnd, isSpace);
  const end = skip(text, start, isNoSpace);
  if (start === schemeEnd || schemeWords.has(text.slice(start, end).toLowerCase())) return undefined;
  return nonEmpty(start, end);
}

const schemeWords = new Set(["auth", "authentication", "authorization", "credentials", "token", "tokens"]);

/** A value in quotes up to its end, whatever is in it; another up to what separates values. */
function valueAt(text: string, at: number): (Range & { isQuoted: boolean }) | undefined {
  const quoteAt = skip(text, at, (letter) => letter === "\\");
  const quote = text.charAt(quoteAt);
  if (quote === '"' || quote === "'") {
    const value = nonEmpty(quoteAt + 1, closing(text, quoteAt + 1, quote, quoteAt > at));
    return value && { ...value, isQuoted: true };
  }
  const end = skip(text, at, (letter) => isNoSpaceOrQuote(letter) && !",;&".includes(letter));
  const value = nonEmpty(at, end);
  const isScheme = schemes.has(text.slice(at, end).toLowerCase());
  return value && { ...((isScheme && credentialsOf(text, end)) || value), start: at, isQuoted: false };
}

/** Where a value in quotes ends. One that was cut goes on to the end of the text. */
function closing(text: string, from: number, quote: string, isEscaped: boolean): number {
  for (let at = from; at < text.length; at++) {
    if (text.charAt(at) === quote) return isEscaped && text.charAt(at - 1) === "\\" ? at - 1 : at;
    if (text.charAt(at) === "\\" && !isEscaped) at++;
  }
  return text.length;
}

/** What comes before the host of an address: a user's password, or all of it where there is only one word. */
function userInfo(text: string, start: number): Range | undefined {
  const end = skip(text, start, (letter) => isNoSpaceOrQuote(letter) && letter !== "/");
  const at = text.slice(start, end).lastIndexOf("@");
  if (at < 0) return undefined;
  const colon = text.slice(start, start + at).indexOf(":");
  return nonEmpty(start + colon + 1, start + at);
}

/** How many there are of something that has such a name is no secret. */
function isCount(text: string, { start, end }: Range): boolean {
  return skip(text, start, isDigit) === end;
}

/** Without words that only a machine can have made, whatever they are called. */
function withoutTokens(text: string): string {
  const kept: string[] = [];
  for (let at = 0; at < text.length;) {
    const end = skip(text, at, isTokenLetter);
    const isHidden = end > at && isToken(text.slice(at, end));
    kept.push(isHidden ? hidden : text.slice(at, Math.max(end, at + 1)));
    // Base64 is filled up with them.
    at = isHidden ? skip(text, end, (letter) => letter === "=") : Math.max(end, at + 1);
  }
  return kept.join("");
}

const shortestToken = 24;
const shortestBase64 = 40;

function isToken(word: string): boolean {
  if (word.length < shortestToken) return false;
  const [hasDigit, hasLower, hasUpper] = [/[0-9]/, /[a-z]/, /[A-Z]/].map((it) => it.test(word));
  // JSON Web Tokens begin with `{"` in base64.
  if (word.startsWith("eyJ")) return true;
  if (word.length >= shortestBase64 && hasDigit && hasLower && hasUpper && /^[A-Za-z0-9+/]+$/.test(word)) return true;
  // Paths, hosts, images.
  if (/[/.:~]/.test(word)) return false;
  return hasDigit === true && (hasLower === true || hasUpper === true) && !isObjectName(word);
}

/** A word of a name that Kubernetes gives, or the operator, is at most a hash of 16 letters; of a UUID 12. */
function isObjectName(word: string): boolean {
  const parts = word.split("-");
  return parts.length > 1 && parts.every((it) => it.length <= 20 && /^[a-z0-9]+$/.test(it));
}

/** The first place from `at` on whose letter is not such a one. */
function skip(text: string, at: number, isOne: (letter: string) => boolean): number {
  let end = at;
  while (end < text.length && isOne(text.charAt(end))) end++;
  return end;
}

function nonEmpty(start: number, end: number): Range | undefined {
  return end > start ? { start, end } : undefined;
}

const isWordLetter = (letter: string) => /[\w-]/.test(letter);
const isTokenLetter = (letter: string) => /[\w+/.:~-]/.test(letter);
const isDigit = (letter: string) => letter >= "0" && letter <= "9";
const isSpace = (letter: string) => /\s/.test(letter);
const isNoSpace = (letter: string) => !isSpace(letter);
const isBlank = (letter: string) => letter === " " || letter === "\t";
const isSign = (letter: string) => letter === "=" || letter === ":";
const isQuoteOrEscape = (letter: string) => letter === '"' || letter === "'" || letter === "\\";
const isNoSpaceOrQuote = (letter: string) => !isSpace(letter) && letter !== '"' && letter !== "'";
