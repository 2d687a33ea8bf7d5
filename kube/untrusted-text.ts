/**
 * The most that is kept, and looked at, of a text that somebody else wrote: what a container said last (the kubelet keeps
 * 4 KiB), why a webhook refused, a name, an annotation. The longest that our own kinds allow is a variable's value of 4,096
 * characters of at most four bytes.
 */
export const untrustedBytes = 16_384;

/** A text of somebody else, so short that whoever reads it has little work. All such text passes here before it is read. */
export function untrusted(text: string): string {
  return cutAt(text, untrustedBytes);
}

const ellipsis = "...";

/** The text's beginning with at most so many bytes of UTF-8, which is what the API server counts; says that it was cut. */
export function cutAt(text: string, bytes: number): string {
  // No letter has less than a byte: what is behind need not be counted.
  if (text.length <= bytes && Buffer.byteLength(text) <= bytes) return text;
  const room = Buffer.from(text.slice(0, bytes)).subarray(0, Math.max(0, bytes - ellipsis.length));
  return `${room.subarray(0, wholeCharacters(room)).toString()}${ellipsis}`.slice(0, bytes);
}

/** How many bytes there are before a character of UTF-8 that was cut in its middle. */
function wholeCharacters(bytes: Buffer): number {
  let start = bytes.length - 1;
  while (start >= 0 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start--;
  const lead = bytes[start] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return start + length > bytes.length ? start : bytes.length;
}
