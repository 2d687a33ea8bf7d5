import { stripVTControlCharacters } from "node:util";

/** A text in lines of at most so many columns; a word that is longer stays whole, so that it can be copied. */
export function wrapped(text: string, width: number, first: string, next: string = first): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(/\s+/)) {
    const length = stripVTControlCharacters(line).length + word.length + (isEmpty ? 0 : 1);
    if (!isEmpty && length > width) {
      lines.push(line);
      [line, isEmpty] = [next, true];
    }
    line += `${isEmpty ? "" : " "}${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}
