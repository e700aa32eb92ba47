import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServedRepository } from '#local/git-server/repository.ts';
import { createGitServer } from '#local/git-server/server.ts';
import { generate } from './generate.ts';
import { openSlowLine, type SlowLine } from './slow-line.ts';

/** What was asked of the server. */
export interface Traffic {
  readonly requests: number;
  readonly connections: number;
  readonly pushes: number;
}

export interface Site {
  /** A folder for what a contender keeps. */
  folder(name: string): Promise<string>;
  /** A folder that goes after the run, outside of its time. */
  scratch(): Promise<string>;
  tidy(): Promise<void>;
  /** A repository with so many files, made when it is first asked for. */
  repository(files: number): Promise<ServedRepository>;
  /** The repository's URL at the end of a line with so much round-trip time, in ms. */
  urlOf(repository: ServedRepository, roundTripMs: number): Promise<string>;
  /** Since the site was opened. */
  traffic(): Traffic;
  close(): Promise<void>;
}

/** In memory where that is easy: a disk that others use would count for whoever writes most, and those are the rivals. */
const roomFor = (): string => (existsSync('/dev/shm') ? '/dev/shm' : tmpdir());

/** Everything that is measured against: one git server on loopback, and lines of several lengths to it. */
export const openSite = async (): Promise<Site> => {
  const root = await mkdtemp(join(roomFor(), 'fairlead-bench-'));
  let requests = 0;
  let pushes = 0;
  const server = await createGitServer({
    root: join(root, 'served'),
    intercept: () => {
      requests += 1;
      return undefined;
    },
    onPush: () => {
      pushes += 1;
    },
  });
  const repositories = new Map<number, Promise<ServedRepository>>();
  const lines = new Map<number, Promise<SlowLine>>();
  const opened: SlowLine[] = [];
  const scratch: string[] = [];

  const make = async (files: number): Promise<ServedRepository> => {
    const repository = await server.createRepository(`acme/gitops-${files}`);
    await generate(repository.directory, files);
    return repository;
  };
  const open = async (roundTripMs: number): Promise<SlowLine> => {
    const line = await openSlowLine(server.url, roundTripMs);
    opened.push(line);
    return line;
  };

  return {
    folder: (name) => mkdtemp(join(root, `${name}-`)),
    async scratch() {
      const folder = await mkdtemp(join(root, 'scratch-'));
      scratch.push(folder);
      return folder;
    },
    tidy: async () => {
      await Promise.all(scratch.splice(0).map((folder) => rm(folder, { recursive: true, force: true, maxRetries: 5 })));
    },
    repository(files) {
      const repository = repositories.get(files) ?? make(files);
      repositories.set(files, repository);
      return repository;
    },
    async urlOf(repository, roundTripMs) {
      const line = lines.get(roundTripMs) ?? open(roundTripMs);
      lines.set(roundTripMs, line);
      return repository.url.replace(server.url, (await line).url);
    },
    traffic: () => ({
      requests,
      pushes,
      connections: opened.reduce((sum, line) => sum + line.connections(), 0),
    }),
    async close() {
      for (const line of opened) await line.close();
      await server.close();
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};
