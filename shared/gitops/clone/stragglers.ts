import { readdir, readlink } from 'node:fs/promises';

const isIn = async (pid: string, directory: string): Promise<boolean> => {
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => '');
  return folder === directory || folder === `${directory} (deleted)`;
};

/**
 * Ends what works in a folder that is one writer's alone. A git that was stopped leaves its `git-remote-https` behind,
 * which waits for a server that hangs. Where there is no /proc, git's own patience (`http.lowSpeedTime`) ends it.
 */
export const endStragglers = async (directory: string): Promise<void> => {
  const names = await readdir('/proc').catch(() => []);
  for (const pid of names.filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    if (!(await isIn(pid, directory))) continue;
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It ended by itself in the meantime.
    }
  }
};
