import * as z from 'zod';
import type { ConfigFiles } from './parse.ts';

/** The largest configuration that functions read, in bytes: each keeps it in its memory, parsed. */
export const mostBytes = 4 * 1024 * 1024;

const fileSchema = z.object({ file: z.string(), content: z.unknown().optional(), unreadable: z.string().optional() });

const filesSchema = z.object({ version: z.string().min(1), platform: fileSchema, services: z.array(fileSchema) });

/** Reads the files as the build bundles and as `npm run config:publish` publishes them. Throws where it is something else. */
export const parseConfigFiles = (text: string): ConfigFiles => filesSchema.parse(JSON.parse(text));
