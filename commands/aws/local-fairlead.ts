import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

/** Where `npm start` says that it runs. */
const announcement = join(import.meta.dirname, '../../.cache/running.json');

const announcedSchema = z.object({
  pid: z.int(),
  stage: z.string(),
  endpoint: z.url(),
  region: z.string().optional(),
  api: z.url().optional(),
  slackApi: z.url().optional(),
  /** The platform file with the addresses of the stand-ins. */
  localConfig: z.string().optional(),
});

export type LocalFairlead = z.infer<typeof announcedSchema>;

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The running local Fairlead of a stage, if there is one. */
export const findLocalFairlead = async (stage: string, file = announcement): Promise<LocalFairlead | undefined> => {
  const text = await readFile(file, 'utf8').catch(() => '');
  const { data } = announcedSchema.safeParse(parse(text));
  return data?.stage === stage && isAlive(data.pid) ? data : undefined;
};

/** Somebody who sets one of these means an account, or an endpoint, and not what happens to run beside. */
const chosen =
  /^AWS_(ENDPOINT_URL(_.+)?|PROFILE|DEFAULT_PROFILE|ACCESS_KEY_ID|WEB_IDENTITY_TOKEN_FILE|CONTAINER_CREDENTIALS_.+)$/;

export const choosesAws = (environment: Readonly<Record<string, string | undefined>>): boolean =>
  Object.entries(environment).some(([name, value]) => chosen.test(name) && value !== undefined && value !== '');
