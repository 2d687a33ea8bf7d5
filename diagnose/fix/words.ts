/**
 * A command as the words that a shell would make of it; undefined where it needs a shell: pipes, variables, several commands.
 * What is run for somebody must be one program with the arguments that were shown, whatever names a cluster has.
 */
export function wordsOf(command: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (const letter of command) {
    if (quote !== "") {
      if (letter === quote) quote = "";
      else if (quote === '"' && special.has(letter)) return undefined;
      else word = (word ?? "") + letter;
    } else if (letter === "'" || letter === '"') {
      quote = letter;
      word ??= "";
    } else if (letter === " ") {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (operators.has(letter) || special.has(letter)) return undefined;
    else word = (word ?? "") + letter;
  }
  if (quote !== "") return undefined;
  return word === undefined ? words : [...words, word];
}

/** Have a meaning also between double quotes. */
const special = new Set(["$", "`", "\\", "!"]);
const operators = new Set([
  "|",
  "&",
  ";",
  "<",
  ">",
  "(",
  ")",
  "{",
  "}",
  "*",
  "?",
  "[",
  "]",
  "#",
  "~",
  "\n",
  "\r",
  "\t",
]);
