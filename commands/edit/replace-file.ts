import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '../failure.ts';

/** Puts new bytes in a file's place, whole or not at all; its mode stays. A file that was changed meanwhile is left alone. */
export const replaceFile = async (path: string, before: Buffer, after: Buffer): Promise<void> => {
  const next = join(dirname(path), `.fairlead-${randomUUID()}`);
  try {
    const { mode } = await stat(path);
    const file = await open(next, 'wx', mode);
    try {
      await file.chmod(mode); // the process's umask took some of it away
      await file.writeFile(after);
      await file.sync();
    } finally {
      await file.close();
    }
    if (!(await readFile(path)).equals(before)) throw new Error('somebody else changed it meanwhile');
    await rename(next, path);
  } catch (error) {
    await rm(next, { force: true });
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure(`${path} was not written: ${reason}.`, { code: 2, cause: error });
  }
};
