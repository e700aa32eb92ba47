import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { runGit } from '#local/git-server/run-git.ts';
import { createGithubStandin, type GithubOptions } from '#local/standins/github/standin.ts';
import { createReceiver } from './receiver.ts';

export const secret = "It's a Secret to Everybody";

/** Of one test; it holds what the git server serves, and `clone`. */
export let folder: string;
export const closes: (() => Promise<void>)[] = [];

/** Each test of the file that calls it has a folder of its own, and leaves nothing. */
export const clearEachTime = (): void => {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'github-standin-test-'));
  });
  afterEach(async () => {
    for (const close of closes.splice(0)) await close();
    await rm(folder, { recursive: true, force: true });
  });
};

/** A stand-in with `acme/shop`, and who receives its webhooks. */
export const start = async (options: Partial<GithubOptions> = {}, status: number | 'never' = 202) => {
  const receiver = await createReceiver(status);
  const served = { root: join(folder, 'served'), webhookUrl: receiver.url, secret };
  const github = await createGithubStandin({ ...served, ...options });
  closes.push(github.close, receiver.close);
  const repository = await github.createRepository('acme/shop', { files: { 'README.md': '# shop\n', old: 'old\n' } });
  /** Git in a clone, as somebody at a keyboard. */
  const git = async (...args: string[]): Promise<string> => {
    const printed = await runGit(join(folder, 'clone'), [
      '-c',
      'user.name=Grace Hopper',
      '-c',
      'user.email=grace@acme.dev',
      ...args,
    ]);
    return printed.toString('utf8').trim();
  };
  const clone = () => runGit(folder, ['clone', repository.url, 'clone']);
  return { receiver, github, repository, git, clone, url: github.cloneUrl('acme/shop') };
};

export const files = { 'apps/checkout/total.ts': 'half up\n', 'README.md': '# the shop\n', old: null };
export const author = { name: 'Grace Hopper', email: 'grace@acme.dev' };
