/**
 * Words that errors begin with, in lower case. What follows a colon and begins with one of them, and goes on, is a sentence and
 * no password: `server.key: permission denied`, `failed to fetch anonymous token: unexpected status from GET`.
 */
export const errorWords = words(
  "access an argument authentication authorization bad can't cannot certificate client configmap connect connection context",
  "could couldn't device dial directory disk does doesn't error exec expected failed failure file forbidden function get head",
  "illegal incorrect input/output insufficient internal invalid is lookup malformed missing must network no not open operation",
  "parse parsing permission post protocol read read-only remote request requested required resource rpc secret secrets server",
  "signature stale stat status the timed timeout tls too unable unauthorized unexpected unknown unmarshal unrecognized",
  "unsupported user value verification while wrong x509",
);

/** What a secret may be said to be without being told: `secrets is forbidden: User ...`. */
export const states = words(
  "denied empty expired forbidden incorrect invalid malformed missing not required too unknown wrong",
);

/** What is done with secrets, and has no value: `failed to authorize: ...`. */
export const acts = words("authenticate authority authorize authorized unauthenticated unauthorized");

function words(...lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.join(" ").split(" "));
}
