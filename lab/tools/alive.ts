/** Whether a process of that id runs on this machine, under whatever user. */
export function isAlive(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, under another user
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
