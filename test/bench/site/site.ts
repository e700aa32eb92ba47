import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answered, type Asked, answeredSchema } from './served.ts';

/** What was asked of the server. */
export interface Traffic {
  readonly requests: number;
  readonly connections: number;
  readonly pushes: number;
}

export interface Served {
  readonly branch: string;
  /** Of the bare repository, on disk. */
  readonly directory: string;
  /** Below a line's URL. */
  readonly path: string;
}

export interface Site {
  /** A folder for what a contender keeps. */
  folder(name: string): Promise<string>;
  /** A folder that goes after the run, outside of its time. */
  scratch(): Promise<string>;
  tidy(): Promise<void>;
  /** A repository with so many files, made when it is first asked for. */
  repository(files: number): Promise<Served>;
  /** The repository's URL at the end of a line with so much round-trip time, in ms. */
  urlOf(repository: Served, roundTripMs: number): Promise<string>;
  /** Since the site was opened. */
  traffic(): Promise<Traffic>;
  close(): Promise<void>;
}

/** In memory where that is easy: a disk that others use would count for whoever writes most, and those are the rivals. */
const roomFor = (): string => (existsSync('/dev/shm') ? '/dev/shm' : tmpdir());

const remove = (path: string): Promise<void> => rm(path, { recursive: true, force: true, maxRetries: 5 });

/** The process that serves, and a way to ask it one thing at a time. */
const startServing = (root: string) => {
  const child = fork(join(import.meta.dirname, 'served.ts'), [root]);
  const gone = once(child, 'exit');
  const ask = async <Kind extends Asked['ask']>(asked: Asked & { ask: Kind }) => {
    child.send(asked);
    const [message]: unknown[] = await Promise.race([once(child, 'message'), gone]);
    const answered = answeredSchema.parse(message);
    const isAsked = (one: Answered): one is Extract<Answered, { answer: Kind }> => one.answer === asked.ask;
    if (isAsked(answered)) return answered;
    throw new Error(answered.answer === 'failure' ? answered.message : 'the server answered something else');
  };
  return {
    ask,
    async stop(): Promise<void> {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
};

/** Everything that is measured against: one git server on loopback, and lines of several lengths to it. */
export const openSite = async (): Promise<Site> => {
  const root = await mkdtemp(join(roomFor(), 'fairlead-bench-'));
  const { ask, stop } = startServing(root);
  const repositories = new Map<number, Served>();
  const lines = new Map<number, string>();
  const scratch: string[] = [];
  return {
    folder: (name) => mkdtemp(join(root, `${name}-`)),
    async scratch() {
      const folder = await mkdtemp(join(root, 'scratch-'));
      scratch.push(folder);
      return folder;
    },
    tidy: async () => {
      await Promise.all(scratch.splice(0).map(remove));
    },
    async repository(files) {
      const known = repositories.get(files);
      if (known !== undefined) return known;
      const { path, directory } = await ask({ ask: 'repository', files });
      const served = { path, directory, branch: 'main' };
      repositories.set(files, served);
      return served;
    },
    async urlOf({ path }, roundTripMs) {
      const url = lines.get(roundTripMs) ?? (await ask({ ask: 'line', roundTripMs })).url;
      lines.set(roundTripMs, url);
      return `${url}${path}`;
    },
    traffic: () => ask({ ask: 'traffic' }),
    async close() {
      await stop();
      await remove(root);
    },
  };
};
