import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { expectValidCdevent } from '../../cdevents.ts';
import { createSubject } from './subject.ts';

test('the sample is a push, signed with the secret of the local stack', async () => {
  const sample = JSON.parse(
    readFileSync(new URL('../../../events/samples/github-webhook.json', import.meta.url), 'utf8'),
  );
  const { send, published } = createSubject(async () => ["It's a Secret to Everybody"]);
  expect(await send(sample)).toMatchObject({ statusCode: 202 });
  expect(published).toMatchObject([
    { subject: 'acme/shop@main', data: { customData: { paths: { truncated: false } } } },
  ]);
  for (const event of published) expectValidCdevent(event);
});
