import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { endStragglers } from './stragglers.ts';

/** A Lambda function runs for 15 minutes at most: what is in use for longer was left by one that was killed. */
const longestUse = 20 * 60 * 1000;

/** When a process started, as the kernel counts: process ids come again, in Lambda at once. Unknown without a /proc. */
const startOf = async (pid: string): Promise<string> => {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? 'unknown';
};

const isAlive = (pid: string): boolean => {
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
};

const freeName = /^free-/;
const usedName = /^used-(?<pid>\d+)-(?<start>\w+)-/;

export const isFree = (name: string): boolean => freeName.test(name);

export const nameFree = (): string => `free-${randomUUID()}`;

/** Names who uses a copy, so that others can tell when that process has ended without giving it back. */
export const nameUsed = async (): Promise<string> =>
  `used-${process.pid}-${await startOf(String(process.pid))}-${randomUUID()}`;

/** Exactly one of several processes or threads wins. */
export const claim = (path: string, mine: string): Promise<boolean> =>
  rename(path, mine).then(
    () => true,
    () => false,
  );

export const remove = (path: string): Promise<void> => rm(path, { recursive: true, force: true, maxRetries: 3 });

/** When a copy was given back, or taken; undefined when it is not there any more. */
export const lastUse = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );

const isAbandoned = async (path: string, name: string): Promise<boolean> => {
  const { pid, start } = usedName.exec(name)?.groups ?? {};
  if (pid === undefined || !isAlive(pid) || (await startOf(pid)) !== start) return true;
  return Date.now() - ((await lastUse(path)) ?? Date.now()) > longestUse;
};

/** Removes what nobody uses any more and nobody gave back, with the git that may still be at work in it. */
export const sweep = async (shelf: string): Promise<void> => {
  for (const name of await readdir(shelf)) {
    const path = join(shelf, name);
    if (isFree(name) || !(await isAbandoned(path, name))) continue;
    await endStragglers(path);
    await remove(path).catch(() => undefined); // the next one tries again
  }
};
