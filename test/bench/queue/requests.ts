import { createHash } from 'node:crypto';
import { chainOf } from '#events/identity.ts';
import { purlOf } from '#events/image.ts';
import { imageRequested } from '#events/images.ts';
import { intentOf } from '../../shared/gitops/standard.ts';
import type { Update } from '../site/check.ts';

/** What image-policy asks for when an image is published, as the rule hands it to the queue. */
export const messageOf = ({ service, tag, minute }: Update): string => {
  const { image, order, environment, target, time } = intentOf(tag, minute, { service });
  const commit = createHash('sha1').update(tag).digest('hex');
  const event = imageRequested.reported({
    by: 'image-policy',
    identity: [service, tag],
    chain: chainOf(`https://github.com/acme/${service}`, commit),
    time,
    subject: { id: `${service}/${environment}/${target}` },
    service,
    environment,
    team: 'pay',
    content: {
      service: { id: service },
      environment: { id: environment },
      target,
      artifactId: purlOf(image),
      image,
      order: { time: order, basis: 'commit' },
      reason: 'published',
      mode: 'write',
    },
    custom: { actor: { name: 'octocat', by: 'github' }, commit },
  });
  return JSON.stringify({ version: '0', 'detail-type': event.type, source: 'fairlead.image-policy', detail: event });
};
