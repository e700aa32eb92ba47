import * as z from 'zod';
import { canonicalRepository, chainOf } from '#events/identity.ts';
import { branchPushed, commitSchema } from '#events/source-control.ts';
import { emit, type Outcome, skip } from '#shared/handlers/outcome.ts';
import { pathsOf } from './paths.ts';
import { actorOf, branch, by, pushedAt, read, repository, repositoryOf, text, url } from './payload.ts';

const files = z
  .array(z.string().transform((path) => path.toWellFormed()))
  .nullish()
  .transform((paths) => paths ?? []);

const pushSchema = z.object({
  ref: branch,
  before: commitSchema,
  after: commitSchema,
  deleted: z.boolean(),
  forced: z.boolean(),
  compare: url,
  repository: repository.extend({ pushed_at: pushedAt }),
  pusher: z.object({ name: text(100).pipe(z.string().min(1)) }),
  commits: z.array(z.object({ id: commitSchema, added: files, modified: files, removed: files })),
  head_commit: z.object({ message: z.string() }).nullish(),
});

const heads = 'refs/heads/';

const noCommit = /^0+$/;

/** The subject line. */
const subjectLine = text(200);

/** A push to a branch, when GitHub took it. What it made or deleted is told by `create` and `delete`. */
export const translatePush = (payload: unknown): Outcome => {
  const push = read(pushSchema, payload);
  if (!push.ref.startsWith(heads)) return skip('push: not to a branch');
  if (push.deleted || noCommit.test(push.after)) return skip('push: a branch was deleted, which "delete" tells');

  const name = push.ref.slice(heads.length);
  const { full_name, html_url, pushed_at } = push.repository;
  const before = noCommit.test(push.before) ? undefined : push.before;
  return emit(
    branchPushed.reported({
      by,
      identity: [canonicalRepository(html_url), push.ref, push.before, push.after, pushed_at],
      chain: chainOf(html_url, push.after),
      time: pushed_at,
      subject: { id: `${full_name}@${name}`, source: html_url },
      content: {
        repository: repositoryOf(push.repository),
        branch: name,
        commit: push.after,
        ...(before !== undefined && { before }),
        pushedAt: pushed_at,
      },
      custom: {
        actor: actorOf({ login: push.pusher.name }),
        paths: pathsOf({ ...push, before }),
        message: subjectLine.parse(push.head_commit?.message.split(/\r?\n/, 1)[0] ?? ''),
        url: push.compare,
      },
    }),
  );
};
