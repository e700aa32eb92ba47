import { createPublicKey, randomBytes, verify } from 'node:crypto';
import * as z from 'zod';
import type { ServedRepository } from '#local/git-server/repository.ts';
import { type Answer, invalid, notFound, refused } from './answer.ts';

/** A GitHub App that is installed in the organisation. */
export interface App {
  readonly id: string;
  readonly installation: number;
  /** In PEM: the public key, or the private one. */
  readonly key: string;
  /** `owner/name` of the repositories that the installation may see. */
  readonly repositories: readonly string[];
}

interface Issued {
  readonly repositories: readonly string[];
  readonly permissions: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly until: number;
}

const hour = 60 * 60 * 1000;

const claimsSchema = z.object({ iat: z.int(), exp: z.int(), iss: z.union([z.string(), z.int()]).transform(String) });

const wishSchema = z.object({
  repositories: z.array(z.string()).optional(),
  permissions: z.record(z.string(), z.enum(['read', 'write'])).optional(),
});

const claimsOf = (jwt: string, key: string) => {
  const [header = '', claims = '', signature = ''] = jwt.split('.');
  const signed = Buffer.from(`${header}.${claims}`);
  if (!verify('sha256', signed, createPublicKey(key), Buffer.from(signature, 'base64url'))) return undefined;
  return claimsSchema.safeParse(JSON.parse(Buffer.from(claims, 'base64url').toString())).data;
};

interface Options {
  readonly apps: readonly App[];
  readonly now: () => number;
  readonly find: (name: string) => ServedRepository | undefined;
}

/** Installation tokens as GitHub gives them: for an hour, for what was asked for, to who signs as the App. */
export const createTokens = ({ apps, now, find }: Options) => {
  const issued = new Map<string, Issued>();

  const isApp = ({ id, key }: App, authorization: string): boolean => {
    const claims = claimsOf(authorization.replace(/^bearer /i, ''), key);
    const seconds = now() / 1000;
    return claims?.iss === id && claims.iat <= seconds + 60 && claims.exp > seconds && claims.exp <= seconds + 660;
  };

  return {
    issue: (installation: number, authorization: string, body: unknown): Answer => {
      const app = apps.find((one) => one.installation === installation);
      if (app === undefined) return notFound;
      if (!isApp(app, authorization)) return refused(401, 'A JSON web token could not be decoded');
      const { data: wish } = wishSchema.safeParse(body);
      if (wish === undefined) return invalid();
      const [owner] = app.repositories[0]?.split('/') ?? [];
      const repositories = wish.repositories?.map((name) => `${owner}/${name}`) ?? app.repositories;
      if (repositories.some((name) => !app.repositories.includes(name)))
        return refused(
          422,
          'There is at least one repository that does not exist or is not accessible to the parent installation.',
        );
      const permissions = wish.permissions ?? { contents: 'write', pull_requests: 'write', metadata: 'read' };
      const token = `ghs_${randomBytes(18).toString('hex')}`;
      const until = now() + hour;
      issued.set(token, { repositories, permissions, until });
      for (const name of repositories) find(name)?.tokens.add(token);
      const expires = new Date(until).toISOString().replace(/\.\d+Z$/, 'Z');
      return {
        status: 201,
        body: { token, expires_at: expires, permissions, repository_selection: 'selected' },
      };
    },
    /** Whether a header opens this repository, for this. The repository's own token opens everything. */
    allows: (authorization: string, repository: ServedRepository, permission: 'pull_requests'): boolean => {
      const token = authorization.replace(/^(token|bearer) /i, '');
      if (token === repository.token) return true;
      const found = issued.get(token);
      return (
        found !== undefined &&
        found.until > now() &&
        found.repositories.includes(repository.name) &&
        found.permissions[permission] === 'write'
      );
    },
    /** Every token that was given, for tests. */
    issued: (): readonly Issued[] => [...issued.values()],
  };
};
