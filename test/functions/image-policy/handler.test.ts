import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { anyEventSchema } from '#events/event.ts';
import { createHandler } from '#functions/image-policy/handler.ts';
import { expectValidCdevent } from '../../cdevents.ts';
import { image } from '../../events/examples.ts';
import { fakeContext, useWorld } from '../../shared/handlers/world.ts';
import { configured } from '../configured.ts';

const world = useWorld();
const sample: unknown = JSON.parse(readFileSync('events/samples/image-policy.json', 'utf8'));

const checkout = {
  team: 'pay',
  images: { app: image.repository },
  environments: { staging: { path: 'apps/staging', tags: { pattern: '^main-' } } },
};

const handle = (services: Parameters<typeof configured>[0]) =>
  createHandler({ runtime: world.runtime(), config: async () => configured(services) })(sample, fakeContext());

const published = () => world.bus.taken.map(({ Detail }) => anyEventSchema.parse(JSON.parse(Detail)));

test('the sample is asked for wherever it should run', async () => {
  await handle({ checkout, web: { ...checkout, team: 'web' } });
  for (const event of published()) expectValidCdevent(event);
  expect(published().map(({ subject, team }) => [subject, team])).toEqual([
    ['checkout/staging/app', 'pay'],
    ['web/staging/app', 'web'],
  ]);
});

test('an image that nobody wants is skipped with the reasons', async () => {
  const staging = { path: 'apps/staging', tags: { semver: '>=1' } };
  expect(await handle({ checkout: { ...checkout, environments: { staging } } })).toEqual({
    published: [],
    skipped: 'checkout/staging/app: the tag is no version',
  });
});

test('the reasons of very many environments are cut', async () => {
  const staging = { path: 'apps/staging', tags: { semver: '>=1' } };
  const environments = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`env-${index}`, staging]));
  const { skipped } = await handle({ checkout: { ...checkout, environments } });
  expect(skipped?.split('; ')).toHaveLength(20);
});

test('a service that is switched off is told of, beside what the others want', async () => {
  await handle({ checkout, web: { ...checkout, team: 'nobody' } });
  for (const event of published()) expectValidCdevent(event);
  expect(published().map(({ type, service }) => [type, service])).toEqual([
    ['dev.cdeventsx.fairlead-image.requested.0.1.0', 'checkout'],
    ['dev.cdeventsx.fairlead-configuration.refused.0.1.0', 'web'],
  ]);
});
