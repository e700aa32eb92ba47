import { createHash } from 'node:crypto';
import { glob, readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import * as z from 'zod';
import { type ConfigFile, type ConfigFiles, InvalidConfig } from '#shared/config/parse.ts';

const includeSchema = z.object({ include: z.array(z.string()).catch([]) }).catch({ include: [] });

/** A file that is not YAML is passed on with its parser's words, so that it is reported like every other mistake. */
const parse = (file: string, text: string): ConfigFile => {
  const document = parseDocument(text, { prettyErrors: true });
  const [error] = document.errors;
  return error ? { file, unreadable: error.message } : { file, content: document.toJS() };
};

/**
 * Reads a platform file (YAML) and the service files that it includes, relative to its folder and sorted by name.
 * Throws `InvalidConfig` where the platform file is missing.
 */
export const readConfigFiles = async (location: string): Promise<ConfigFiles> => {
  const folder = dirname(resolve(location));
  const hash = createHash('sha256');
  const read = async (file: string): Promise<ConfigFile> => {
    const text = await readFile(join(folder, file), 'utf8');
    hash.update(`${file}\n${text}\n`);
    return parse(file, text);
  };

  const platform = await read(basename(location)).catch((cause) => {
    throw new InvalidConfig([{ file: location, path: '', message: `cannot be read: ${cause.message}` }]);
  });
  const included = new Set<string>();
  for (const pattern of includeSchema.parse(platform.content).include) {
    for await (const file of glob(pattern, { cwd: folder })) included.add(file);
  }
  const services: ConfigFile[] = [];
  for (const file of [...included].sort()) services.push(await read(file));
  return { version: hash.digest('hex').slice(0, 12), platform, services };
};
