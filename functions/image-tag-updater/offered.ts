import { imageOffered, imageRefused } from '#events/images.ts';
import type { Intent, Result } from '#shared/gitops/intent.ts';
import { emit, type Outcome } from '#shared/handlers/outcome.ts';
import { cut, type Request, saidOf } from './decide.ts';
import { answering } from './from-git.ts';
import type { OfferedInPull } from './offering.ts';

type Pull = NonNullable<OfferedInPull['pull']>;

/** What was offered before, and is not in the pull request any more. */
const refusalOf = (request: Request, wish: Intent, pull: Pull, time: string) => {
  const { cause, said, asked } = answering(request, wish);
  const { tag } = request.data.subject.content.image;
  return imageRefused.causedBy(cause, {
    ...said,
    time,
    team: request.team,
    content: {
      ...asked,
      code: 'not-newer',
      message: `${wish.service}/${wish.environment}/${wish.target}: ${tag} took the place of ${wish.image.tag} in pull request #${pull.number} before anybody merged it.`,
    },
    custom: { actor: { name: wish.actor, by: 'git' }, ...(wish.commit && { commit: wish.commit }) },
  });
};

/** An image is in a pull request, in which it may have taken the place of others. */
export const offeredOutcome = (
  request: Request,
  gitops: string,
  result: Extract<Result, { outcome: 'offered' }>,
  { pull, replaced }: { readonly pull: Pull; readonly replaced: readonly Intent[] },
): Outcome => {
  const { asked, custom, ...said } = saidOf(request);
  const { files, revision, committedAt, diff } = result;
  const { number, url } = pull;
  return emit(
    imageOffered.causedBy(request, {
      ...said,
      time: committedAt,
      content: { ...asked, gitops: { name: gitops, files: [...files], revision }, pullRequest: { number, url } },
      custom: { ...custom, diff: cut(diff) },
    }),
    ...replaced.map((wish) => refusalOf(request, wish, pull, committedAt)),
  );
};
