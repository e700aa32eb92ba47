import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';

const location = join(import.meta.dirname, '../../.cache/running.json');

const runningSchema = z.object({
  pid: z.number(),
  /** The user's platform file, and the stage. */
  config: z.string(),
  stage: z.string(),
  /** AWS's, that the stack is in here. */
  region: z.string(),
  /** The URL of all AWS services, the HTTP API's, and GitHub's. */
  endpoint: z.url(),
  api: z.url(),
  github: z.url(),
  githubApi: z.url(),
  slackApi: z.url(),
  /** The platform file with the addresses of the stand-ins. */
  localConfig: z.string(),
});

/** What `npm start` says of itself, for the commands beside it. */
export type Running = z.infer<typeof runningSchema>;

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

export const announceRunning = async (running: Running): Promise<void> => {
  await mkdir(dirname(location), { recursive: true });
  await writeFile(location, JSON.stringify(running));
};

export const withdrawRunning = (): Promise<void> => rm(location, { force: true });

/** The one that was started last, if it still runs. */
export const findRunning = async (): Promise<Running | undefined> => {
  const text = await readFile(location, 'utf8').catch(() => '{}');
  const { data } = runningSchema.safeParse(JSON.parse(text));
  return data && isAlive(data.pid) ? data : undefined;
};
