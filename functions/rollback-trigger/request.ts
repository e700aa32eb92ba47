import { type Image, purlOf } from '#events/image.ts';
import { imageRequested } from '#events/images.ts';
import type { Environment } from '#shared/config/config.ts';
import type { Facts, Failure, Request } from './facts.ts';

/** Asks for a verified image in place of the failing one, because of the commit: whoever finds the failure asks for the same. */
export const requested = (
  failure: Failure,
  { commit, commits }: Facts,
  image: Image,
  { mode }: Environment,
): Request => {
  const { service, environment, target, order, image: failing } = commit.data.subject.content;
  const before = commits.findLast(({ data }) => data.subject.content.image.digest === image.digest);
  const source = before?.data.customData.commit;
  return imageRequested.causedBy(commit, {
    by: 'rollback-trigger',
    target,
    time: failure.time,
    subject: { id: commit.subject },
    content: {
      service,
      environment,
      target,
      artifactId: purlOf(image),
      image,
      order: before?.data.subject.content.order ?? order, // a rollback is not measured by it
      reason: 'rollback',
      mode,
      expected: failing.digest,
    },
    custom: { actor: { name: 'Fairlead', by: 'rollback-trigger' }, ...(source !== undefined && { commit: source }) },
  });
};
