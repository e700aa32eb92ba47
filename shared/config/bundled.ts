import { readFile } from 'node:fs/promises';
import type { ConfigSource } from './config.ts';
import { parseConfigFiles } from './files.ts';
import { parseConfig } from './parse.ts';

/** The configuration that the build laid beside the bundle. It is read at the first use and kept. */
export const createBundledConfig = (location: URL, stage: string): ConfigSource => {
  let config: ReturnType<ConfigSource> | undefined;
  const load = async () => parseConfig(parseConfigFiles(await readFile(location, 'utf8')), stage);
  return () => {
    config ??= load();
    return config;
  };
};
