import { sign } from '@octokit/webhooks-methods';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { branchPushed } from '#events/source-control.ts';
import { translate } from '#functions/github-webhook/translate.ts';
import { InvalidInput } from '#shared/handlers/errors.ts';
import { expectValidCdevent } from '../../cdevents.ts';
import { runs } from '../../runs.ts';
import { change, job, push, ref, review, run } from './payloads.ts';
import { requestOf, secret, signed } from './requests.ts';
import { createSubject } from './subject.ts';

const body = Buffer.from(JSON.stringify(push({ pusher: { name: 'Zoë \u{1F680} \uFFFD' } })));
const signature = await sign(secret, body.toString());

/** The same bytes but for one bit. */
const flipped = (bytes: Buffer, at: number, bit: number): Buffer => {
  const changed = Buffer.from(bytes);
  changed.writeUInt8(changed.readUInt8(at) ^ (1 << bit), at);
  return changed;
};

const bit = fc.integer({ min: 0, max: 7 });

test('any bit flipped in the body is a 401, and nothing is published', async () => {
  const { send, published } = createSubject();
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: body.length - 1 }), bit, async (at, which) => {
      const request = requestOf({ event: 'push', body: flipped(body, at, which), signature, base64: true });
      expect(await send(request)).toMatchObject({ statusCode: 401 });
    }),
    { numRuns: runs(100, 1000) },
  );
  expect(published).toEqual([]);
});

test('any bit flipped in the signature is a 401, and nothing is published', async () => {
  const { send, published } = createSubject();
  for (const [at] of [...signature].entries()) {
    for (let which = 0; which < 8; which += 1) {
      const forged = flipped(Buffer.from(signature), at, which).toString('latin1');
      expect(await send(requestOf({ event: 'push', body, signature: forged }))).toMatchObject({ statusCode: 401 });
    }
  }
  expect(published).toEqual([]);
});

const payloads: readonly (readonly [string, object])[] = [
  ['push', push()],
  ['create', ref()],
  ['delete', ref()],
  ['pull_request', change('opened')],
  ['pull_request_review', review('submitted')],
  ['workflow_run', run('in_progress')],
  ['workflow_job', job('in_progress')],
];

test('the same payload gives the same bytes, whatever the delivery id and the order of the headers', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...payloads),
      fc.uuid(),
      fc.infiniteStream(fc.nat()),
      async ([event, payload], id, order) => {
        const { send, published } = createSubject();
        const request = await signed(event, payload);
        await send(request);
        const headers = Object.entries({ ...request.headers, 'x-github-delivery': id })
          .map((header) => ({ header, place: order.next().value ?? 0 }))
          .toSorted((one, other) => one.place - other.place)
          .map(({ header }) => header);
        await send({ ...request, headers: Object.fromEntries(headers) });
        const [first, second] = published.map((event) => JSON.stringify(event));
        expect(first).toBeDefined();
        expect(second).toBe(first);
      },
    ),
  );
});

const names = fc.constantFrom(...payloads.map(([name]) => name), 'ping', 'constructor', '__proto__');

test('any JSON is translated, skipped or refused with its reason', () => {
  fc.assert(
    fc.property(names, fc.jsonValue(), (event, payload) => {
      try {
        for (const told of translate(event, payload).events) expectValidCdevent(told);
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidInput);
      }
    }),
    { numRuns: runs(200, 3000) },
  );
});

/** Replaces one value somewhere in a payload by another. */
const mutated = (value: unknown, path: number, replacement: unknown): unknown => {
  if (value === null || typeof value !== 'object') return replacement;
  const keys = Object.keys(value);
  const key = keys[path % keys.length];
  if (key === undefined) return replacement;
  const inner = mutated(Reflect.get(value, key), Math.floor(path / keys.length), replacement);
  return Array.isArray(value) ? value.with(Number(key), inner) : { ...value, [key]: inner };
};

const nasty = fc.oneof(
  fc.jsonValue(),
  fc.string({ unit: 'binary', maxLength: 3000 }),
  fc.constantFrom(
    '0000-01-01T00:00:00+14:00',
    '9999-12-31T23:59:59-14:00',
    253402300800,
    -1,
    1e300,
    '\ud800',
    'javascript:1',
    'x'.repeat(70_000),
  ),
);

test('a payload with something else in any one place is translated, skipped or refused with its reason', () => {
  fc.assert(
    fc.property(fc.constantFrom(...payloads), fc.nat(), nasty, ([event, payload], path, replacement) => {
      try {
        for (const told of translate(event, mutated(payload, path, replacement)).events) expectValidCdevent(told);
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidInput);
      }
    }),
    { numRuns: runs(500, 10_000) },
  );
});

test('a push of any paths stays within 64 KiB, and says when it does not tell them all', () => {
  const path = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1500 }),
    fc.string({ minLength: 1, maxLength: 20 }),
  );
  const paths = fc.array(path, { maxLength: 900, size: 'max' });
  fc.assert(
    fc.property(paths, paths, (added, removed) => {
      const commit = { id: push().after, added, modified: [], removed };
      const [told] = translate('push', push({ commits: [commit] })).events;
      expectValidCdevent(told!);
      const { changed, truncated } = branchPushed.schema.parse(told).data.customData.paths;
      const all = new Set([...added, ...removed].map((path) => path.toWellFormed()));
      expect(changed.every((path) => all.has(path))).toBe(true);
      if (!truncated) expect(changed.length).toBe(all.size);
    }),
    { numRuns: runs(10, 100) },
  );
});
