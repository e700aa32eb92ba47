import * as z from 'zod';
import { canonicalRepository, deriveId } from '#events/identity.ts';
import { branchCreated, branchDeleted } from '#events/source-control.ts';
import { emit, type Outcome, skip } from '#shared/handlers/outcome.ts';
import { actorOf, branch, by, pushedAt, read, repository, repositoryOf, sender } from './payload.ts';

const refSchema = z.object({
  ref: branch,
  ref_type: z.string(),
  repository: repository.extend({ pushed_at: pushedAt }),
  sender,
});

/**
 * These payloads know neither commit nor time of their own. The repository's last push is the one that made or deleted
 * the branch, and the branch has a chain of its own, from which no delivery comes.
 */
const translateRef =
  (event: 'create' | 'delete', kind: typeof branchCreated | typeof branchDeleted) =>
  (payload: unknown): Outcome => {
    const { ref, ref_type, repository, sender } = read(refSchema, payload);
    if (ref_type !== 'branch') return skip(`${event}: not of a branch`);
    const canonical = canonicalRepository(repository.html_url);
    return emit(
      kind.reported({
        by,
        identity: [canonical, ref, repository.pushed_at],
        chain: deriveId('branch', canonical, ref),
        time: repository.pushed_at,
        subject: { id: `${repository.full_name}@${ref}`, source: repository.html_url },
        content: { repository: repositoryOf(repository) },
        custom: { actor: actorOf(sender) },
      }),
    );
  };

export const translateCreate = translateRef('create', branchCreated);

export const translateDelete = translateRef('delete', branchDeleted);
