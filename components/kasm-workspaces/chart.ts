/** Oldest patch of the line 1.1190 that has every value key which the program sets: `kasmSecrets` and `nginxResolver`. */
const oldestPatch = 5;

/**
 * Why the program cannot install this version of kasm-helm; undefined when it can. Value keys change between lines: after
 * 1.1190 the three gateways become one, `components.connectionProxy` (kasm-helm CHANGELOG, Unreleased). Helm would take no
 * notice of a key that moved, or refuse all values with a schema error that does not say why.
 */
export function chartRefusal(version: string): string | undefined {
  const patch = /^1\.1190\.(\d+)(-.*)?$/.exec(version)?.[1];
  const known = `this program knows 1.1190.${oldestPatch} and later patches of 1.1190`;
  if (patch === undefined)
    return `kasm-helm ${version} belongs to a chart line whose value keys this program does not know; ${known}.`;
  return Number(patch) < oldestPatch
    ? `kasm-helm ${version} cannot take its passwords from our Secret, nor the DNS resolver's address; ${known}.`
    : undefined;
}

/**
 * The Kasm version that a chart is made for; it names the database's StatefulSet. `1.1190.6` is chart patch 6 for Kasm
 * 1.19.0. A version of another form stands for itself, so that any change of it counts as a change of Kasm.
 */
export function kasmVersion(chartVersion: string): string {
  const [, minor, patch] = /^1\.1(\d\d)(\d)\.\d+$/.exec(chartVersion) ?? [];
  return minor === undefined || patch === undefined ? chartVersion : `1.${Number(minor)}.${patch}`;
}
