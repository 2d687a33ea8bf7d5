// Selkies reads its file again when somebody writes it in place, and main refuses a symlink. A mounted Secret is one, and
// no write is seen when its content changes (kubernetes/kubernetes#111947): so a plain file is kept like it.
const lookSeconds = 30;

/** Shell script that puts a mounted Secret's file where the desktop reads it, once. */
export function copyRtcConfig(mounted: string, file: string): string {
  return `umask 022; cat '${mounted}' >'${file}'`;
}

/** Shell script that writes the desktop's file anew whenever the mounted one differs, until it is told to end. */
export function followRtcConfig(mounted: string, file: string, everySeconds = lookSeconds): string {
  return (
    // As process 1 a shell ends by no signal that it does not catch, and a pod's deletion would wait for it.
    `trap 'exit 0' TERM; while :; do [ "$(cat '${mounted}')" = "$(cat '${file}')" ] || ` +
    `{ ${copyRtcConfig(mounted, file)}; }; sleep ${everySeconds} & wait $!; done`
  );
}
