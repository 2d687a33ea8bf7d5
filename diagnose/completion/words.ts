/** What can be typed after a program's name. */
export interface Words {
  readonly program: string;
  readonly commands: readonly CommandWords[];
}

export interface CommandWords {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionWords[];
  /** Of its argument. */
  readonly values: readonly string[];
}

export interface OptionWords {
  /** `--output` */
  readonly flag: string;
  /** `-o` */
  readonly short: string | undefined;
  readonly description: string;
  readonly takesValue: boolean;
  /** Those that are known. */
  readonly values: readonly string[];
  readonly isFile: boolean;
}

/** A text between single quotes of sh, bash, zsh and fish. */
export function quotedWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
