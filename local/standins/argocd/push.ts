import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import picomatch from 'picomatch';
import * as z from 'zod';

/** Why Argo CD refuses a webhook, in its own words. */
export class WebhookRefusal extends Error {
  override readonly name = 'WebhookRefusal';
}

const text = z.string().nullish();
const paths = z.array(z.string()).nullish();

/** What Argo CD's parser takes of GitHub's push: a field of another type is an error, a missing one is empty. */
const pushSchema = z.object({
  ref: text,
  before: text,
  after: text,
  repository: z.object({ html_url: text, default_branch: text }).nullish(),
  commits: z.array(z.object({ added: paths, modified: paths, removed: paths })).nullish(),
});

export interface Push {
  readonly page: string;
  /** The branch or tag. */
  readonly revision: string;
  readonly touchedHead: boolean;
  readonly changedFiles: readonly string[];
}

/** Argo CD's `ParseRevision`: what stands after `refs/heads/`. */
const revisionOf = (ref: string): string => ref.split('/').slice(2).join('/') || ref.slice(ref.lastIndexOf('/') + 1);

const assertSigned = (headers: IncomingHttpHeaders, body: Buffer, secret: string): void => {
  const signature = headers['x-hub-signature-256'];
  if (typeof signature !== 'string') throw new WebhookRefusal('missing X-Hub-Signature-256 Header');
  const expected = Buffer.from(createHmac('sha256', secret).update(body).digest('hex'));
  const given = Buffer.from(signature.replace(/^sha256=/, ''));
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new WebhookRefusal('HMAC verification failed');
  }
};

const parseJson = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new WebhookRefusal(`invalid character: ${error instanceof Error ? error.message : error}`);
  }
};

/** A webhook as Argo CD reads it; undefined for a ping. Throws `WebhookRefusal`. */
export const readPush = (headers: IncomingHttpHeaders, body: Buffer, secret: string): Push | undefined => {
  const event = headers['x-github-event'];
  if (event !== 'push' && event !== 'ping') throw new WebhookRefusal('event not defined to be parsed');
  if (body.byteLength === 0) throw new WebhookRefusal('error parsing payload');
  assertSigned(headers, body, secret);
  if (event === 'ping') return undefined;
  const parsed = pushSchema.safeParse(parseJson(body));
  if (!parsed.success) throw new WebhookRefusal(`json: cannot unmarshal: ${z.prettifyError(parsed.error)}`);
  const { ref, repository, commits } = parsed.data;
  const revision = revisionOf(ref ?? '');
  return {
    page: repository?.html_url ?? '',
    revision,
    touchedHead: repository?.default_branch === revision,
    changedFiles: (commits ?? []).flatMap(({ added, modified, removed }) => [
      ...(added ?? []),
      ...(modified ?? []),
      ...(removed ?? []),
    ]),
  };
};

const escaped = (literal: string): string => literal.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** Argo CD's `GetWebURLRegex`: any URL that clones the repository whose page this is. */
const cloneUrls = (page: string): RegExp | undefined => {
  if (!URL.canParse(page)) return undefined;
  const { hostname, pathname } = new URL(page);
  const user = '[\\w.][\\w.-]{0,30}[\\w.$-]?';
  const host = escaped(hostname);
  const path = escaped(pathname.slice(1));
  return new RegExp(`^((https?|ssh)://)?(${user}@)?((alt)?ssh\\.)?${host}(:\\d+)?[:/]${path}(\\.git)?$`, 'i');
};

const followsPush = (targetRevision: string, { revision, touchedHead }: Push): boolean => {
  const target = revisionOf(targetRevision);
  if (target === 'HEAD' || target === '') return touchedHead;
  return /^refs\/(heads|tags)\//.test(targetRevision) ? target === revision : targetRevision === revision;
};

const rooted = (path: string): string => (path.startsWith('/') ? path : `/${path}`);

const concernsFiles = (refreshPaths: readonly string[], changedFiles: readonly string[]): boolean => {
  if (refreshPaths.length === 0 || changedFiles.length === 0) return true;
  const matches = refreshPaths.map(rooted).map((path) => {
    const glob = picomatch(path, { nobrace: true, noextglob: true, noglobstar: true, dot: true });
    return (file: string) => file === path || file.startsWith(`${path.replace(/\/$/, '')}/`) || glob(file);
  });
  return changedFiles.map(rooted).some((file) => matches.some((match) => match(file)));
};

/** Whether Argo CD refreshes an application because of a push. */
export const refreshes = (
  push: Push,
  source: { readonly repoURL: string; readonly targetRevision: string; readonly refreshPaths: readonly string[] },
): boolean =>
  followsPush(source.targetRevision, push) &&
  (cloneUrls(push.page)?.test(source.repoURL) ?? false) &&
  concernsFiles(source.refreshPaths, push.changedFiles);
