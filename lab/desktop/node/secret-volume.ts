import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Content of a Secret, by path in its volume. */
export type SecretFiles = Readonly<Record<string, Buffer>>;

const current = "..data";

/**
 * Makes a volume's content that of its Secret, as the kubelet's atomic writer does: files in a folder of their own, to which one link
 * is led by a rename, so that who reads never finds some files of before and some of now.
 *
 * @returns whether anything has changed
 */
export function writeSecretVolume(folder: string, files: SecretFiles, name: string): boolean {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  if (isSame(folder, files)) return false;
  const content = `..${name}`;
  mkdirSync(join(folder, content));
  for (const [path, bytes] of Object.entries(files)) writeFileSync(join(folder, content, path), bytes, { mode: 0o644 });
  const before = readdirSync(folder).filter((it) => it.startsWith("..") && it !== content && it !== current);
  rmSync(join(folder, `${current}_tmp`), { force: true });
  symlinkSync(content, join(folder, `${current}_tmp`));
  renameSync(join(folder, `${current}_tmp`), join(folder, current));
  const present = new Set(readdirSync(folder));
  for (const path of Object.keys(files)) if (!present.has(path)) symlinkSync(join(current, path), join(folder, path));
  for (const path of present) if (!path.startsWith("..") && !(path in files)) rmSync(join(folder, path));
  for (const old of before) rmSync(join(folder, old), { recursive: true });
  return true;
}

function isSame(folder: string, files: SecretFiles): boolean {
  const paths = readdirSync(folder).filter((it) => !it.startsWith(".."));
  if (paths.length !== Object.keys(files).length) return false;
  return Object.entries(files).every(
    ([path, bytes]) => paths.includes(path) && readFileSync(join(folder, path)).equals(bytes),
  );
}

/** What a pod asks of a Secret. @throws Error as the kubelet words it, for a key that is not there */
export function secretFiles(
  data: Readonly<Record<string, Buffer>>,
  items: readonly { key: string; path: string }[] | undefined,
): SecretFiles {
  if (!items) return data;
  return Object.fromEntries(
    items.map(({ key, path }) => {
      const bytes = data[key];
      if (bytes === undefined) throw new Error(`references non-existent secret key: ${key}`);
      return [path, bytes];
    }),
  );
}
