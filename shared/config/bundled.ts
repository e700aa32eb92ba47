import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { ConfigSource } from './config.ts';
import { parseConfig } from './parse.ts';

const fileSchema = z.object({ file: z.string(), content: z.unknown().optional(), unreadable: z.string().optional() });

const filesSchema = z.object({ version: z.string(), platform: fileSchema, services: z.array(fileSchema) });

/** The configuration that the build laid beside the bundle. It is read at the first use and kept. */
export const createBundledConfig = (location: URL, stage: string): ConfigSource => {
  let config: ReturnType<ConfigSource> | undefined;
  const load = async () => parseConfig(filesSchema.parse(JSON.parse(await readFile(location, 'utf8'))), stage);
  return () => {
    config ??= load();
    return config;
  };
};
