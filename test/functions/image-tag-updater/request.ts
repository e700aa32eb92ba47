import { artifactPublished, imageRequested } from '#events/images.ts';
import { examples, image } from '../../events/examples.ts';

const published = examples.find(artifactPublished.is);
if (published === undefined) throw new Error('There is no example of a published image.');

/** A request for the example's image, as image-policy makes it. */
export const requestOf = (environment: string, target = 'app', order = '2026-11-23T09:30:00.000Z') =>
  imageRequested.causedBy(published, {
    by: 'image-policy',
    subject: { id: `checkout/${environment}/${target}` },
    service: 'checkout',
    environment,
    team: 'pay',
    target,
    content: {
      service: { id: 'checkout' },
      environment: { id: environment },
      target,
      artifactId: published.subject,
      image,
      order: { time: order, basis: 'commit' },
      reason: 'published',
      mode: 'write',
    },
    custom: { actor: { name: 'Fairlead', by: 'image-policy' } },
  });
