/** Whether a value under this key is a secret by its name: `admin-password`, `apiKey`; not `secretName`, `tokenPath`. */
export function isSecretKey(key: string): boolean {
  if (/(password|passwd|passphrase|token|api[-_]?key|private[-_]?key|credentials?)$/i.test(key)) return true;
  // A key that ends in "secret" is often the name of a Secret: existingSecret, pullSecret.
  return (
    /^([\w.]*[-_.])?((shared|static|auth|client|signing|session|turn)[-_]?)*secret$/i.test(key) && !isSecretName(key)
  );
}

/** Whether a text is the secret itself, not a reference that is resolved later (`$(TURN_SECRET)`, `/run/token`) or a flag. */
export function isLiteral(value: string): boolean {
  return !/^["']?($|[$/<]|\{\{|(true|false|null|\d+)["']?$)/.test(value.trim());
}

/**
 * Secrets that stand in a longer text, such as a config file or a command line, told without their values.
 *
 * @param isCode leaves assignments out: in a program they are its own variables
 */
export function secretsIn(source: string, isCode = false): string[] {
  const assigned = isCode ? [] : assignedSecrets(source).map(({ key }) => key);
  return [
    ...(holdsPrivateKey(source) ? ["a private key"] : []),
    ...(holdsLogin(source) ? ["a URL with a password"] : []),
    ...new Set(assigned),
  ];
}

/** Secrets that a config file or a command line sets, with their values. */
export function assignedSecrets(source: string): { key: string; value: string }[] {
  return source.split("\n").flatMap((line) => {
    if (/^\s*[#;]/.test(line)) return [];
    const pairs = [...line.matchAll(assignment), ...line.matchAll(option)];
    return pairs.flatMap(([, key = "", value = ""]) => (isSecretKey(key) && isLiteral(value) ? [{ key, value }] : []));
  });
}

const assignment = /([A-Za-z][\w.-]*)["']?\s*[=:]\s*["']?([^\s"',}]+)/g;
const option = /--([A-Za-z][\w-]*)\s+["']?([^\s"'-][^\s"']*)/g;

function isSecretName(key: string): boolean {
  return /(existing|pull|tls)[-_]?secret$/i.test(key);
}

// Libraries carry the first line alone, as a marker to look for; a key has a body.
function holdsPrivateKey(source: string): boolean {
  return /-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=\s]{40,}/.test(source);
}

function holdsLogin(source: string): boolean {
  return /:\/\/[^/\s:@"'`$]+:[^@\s/"'`$]+@/.test(source);
}
