import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, normalize, sep } from 'node:path';
import { unzipSync } from 'fflate';

/** Unpacks a packaged zip; an entry that leaves the folder is an error. */
export const unpack = async (archive: string, folder: string): Promise<void> => {
  for (const [name, content] of Object.entries(unzipSync(await readFile(archive)))) {
    const path = join(folder, normalize(name));
    if (!path.startsWith(folder + sep)) throw new Error(`${archive}: ${name} leaves its folder`);
    if (name.endsWith('/')) continue;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
};
