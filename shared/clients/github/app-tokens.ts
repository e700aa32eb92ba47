import { createPrivateKey } from 'node:crypto';
import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/core';
import { Upstream } from '#shared/handlers/errors.ts';
import { patiently } from './patient.ts';
import type { GithubRepository } from './where.ts';

/** A token lasts an hour. What begins within these last minutes of it gets a new one. Milliseconds. */
const margin = 5 * 60 * 1000;

export interface App {
  readonly id: number | string;
  readonly installation: number;
  /** In PEM. */
  readonly key: string;
  /** Where the key came from, for errors. */
  readonly keyName: string;
}

const writing = {
  contents: { contents: 'write' },
  both: { contents: 'write', pull_requests: 'write' },
} as const;

interface Kept {
  readonly token: string;
  readonly until: number;
}

/** Gives a token of an App's installation for one repository. */
export type AppTokens = (
  app: App,
  repository: GithubRepository,
  needs: { readonly pullRequests: boolean },
  signal: AbortSignal,
) => Promise<string>;

/** Octokit takes no PKCS #1, which is what GitHub gives; and its complaint about a key would quote it. */
const pkcs8 = ({ key, keyName }: App): string => {
  try {
    const tidied = `${key.replaceAll('\\n', '\n').trim()}\n`;
    return createPrivateKey(tidied).export({ type: 'pkcs8', format: 'pem' }).toString();
  } catch {
    throw new Upstream(`${keyName} is not a private key: put the .pem file there that GitHub gave for the App.`);
  }
};

/** What Octokit would say goes nowhere: an error says enough. */
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/**
 * Tokens for as little as possible: one repository, its contents and, only where they are asked for, its pull requests. Each is
 * kept until shortly before it ends; nothing else keeps or shows it.
 */
export const createAppTokens = (now: () => number = Date.now): AppTokens => {
  const kept = new Map<string, Kept>();
  return async (app, { api, owner, repo }, { pullRequests }, signal) => {
    const permissions = pullRequests ? writing.both : writing.contents;
    const name = JSON.stringify([api, app.id, app.installation, app.key, owner, repo, permissions]);
    const known = kept.get(name);
    if (known !== undefined && known.until - margin > now()) return known.token;

    const octokit = new Octokit({
      baseUrl: api,
      authStrategy: createAppAuth,
      auth: { appId: app.id, privateKey: pkcs8(app) },
      log: silent,
    });
    const what = `give a token of App ${app.id} for ${owner}/${repo}`;
    const { data } = await patiently(what, signal, () =>
      octokit.request('POST /app/installations/{installation_id}/access_tokens', {
        installation_id: app.installation,
        repositories: [repo],
        permissions,
        request: { signal },
      }),
    );
    kept.set(name, { token: data.token, until: Date.parse(data.expires_at) });
    return data.token;
  };
};
