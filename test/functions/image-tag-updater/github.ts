import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiCall, ApiFault } from '#local/standins/github/api/server.ts';
import { createGithubStandin } from '#local/standins/github/standin.ts';
import { manifest, manifestOf } from './gitops.ts';

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** As GitHub gives it: PKCS #1. */
export const appKey = pair.privateKey.export({ format: 'pem', type: 'pkcs1' }).toString();

export const app = { id: 4711, installation: 815 };

/** A stand-in of GitHub with a private GitOps repository, in which an App is installed. */
export const openGithub = async (options: { now?: () => number; webhookUrl?: string } = {}) => {
  const folder = await mkdtemp(join(tmpdir(), 'github-test-'));
  let faults: ((call: ApiCall) => ApiFault | undefined) | undefined;
  const github = await createGithubStandin({
    root: join(folder, 'served'),
    webhookUrl: 'http://127.0.0.1:1/', // nobody listens
    secret: 'secret',
    apps: [{ ...app, id: String(app.id), key: appKey, repositories: ['acme/gitops', 'acme/other'] }],
    apiFaults: (call) => faults?.(call),
    ...options,
  });
  const gitops = await github.createRepository('acme/gitops', {
    hooked: options.webhookUrl !== undefined,
    token: 'ghp_token',
    private: true,
    files: { [manifest('checkout')]: manifestOf('checkout', { app: 0 }) },
  });
  await github.createRepository('acme/other', { hooked: false, token: 'ghp_other', private: true, files: { a: 'b' } });
  return {
    folder,
    github,
    gitops,
    fail: (next: typeof faults): void => {
      faults = next;
    },
    end: async (): Promise<void> => {
      await github.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};
