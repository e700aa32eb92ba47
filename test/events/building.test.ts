import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { detailTypeOf, producerOf } from '#events/event.ts';
import { chainOf } from '#events/identity.ts';
import { imageRefused, imageRequested, syncRequested } from '#events/images.ts';
import { pipelineRunFinished } from '#events/pipelines.ts';
import { branchCreated, branchPushed } from '#events/source-control.ts';
import { commit, examples, push, revision } from './examples.ts';

const sync = {
  by: 'argocd-sync',
  subject: { id: 'checkout/staging' },
  content: {
    service: { id: 'checkout' },
    environment: { id: 'staging' },
    argocd: 'eu',
    applications: ['eu/checkout-staging'],
    revision,
  },
  custom: {},
};

const created = {
  by: 'github-webhook',
  subject: { id: 'acme/shop@cards' },
  content: { repository: { id: 'acme/shop', source: 'https://github.com/acme/shop' } },
  custom: { actor: { name: 'octocat', by: 'github' } },
};

const name = fc.stringMatching(/^[a-z]([a-z0-9-]{0,20}[a-z0-9])?$/);
const names = fc.option(name, { nil: undefined });
const time = fc.date({ noInvalidDate: true, min: new Date('1990-01-01'), max: new Date('2199-01-01') });

describe('an event that follows from another', () => {
  test('is the same to the last byte on every retry', async () => {
    await fc.assert(
      fc.property(names, names, names, (service, environment, target) => {
        const build = () =>
          JSON.stringify(
            syncRequested.causedBy(push, {
              ...sync,
              ...(service && { service }),
              ...(environment && { environment }),
              ...(target && { target }),
            }),
          );
        expect(build()).toBe(build());
      }),
    );
  });

  test('has another id for another service, environment, target, type or cause', () => {
    const said = { ...sync, service: 'checkout', environment: 'staging', target: 'app' };
    const other = branchCreated.causedBy(push, created);
    const ids = [
      syncRequested.causedBy(push, said),
      syncRequested.causedBy(push, { ...said, service: 'ledger' }),
      syncRequested.causedBy(push, { ...said, environment: 'production' }),
      syncRequested.causedBy(push, { ...said, target: 'worker' }),
      syncRequested.causedBy(other, said),
      branchCreated.causedBy(push, { ...created, service: 'checkout', environment: 'staging', target: 'app' }),
    ].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('does not take the service a of environment b for the service b of environment a', () => {
    const one = syncRequested.causedBy(push, { ...sync, service: 'a', environment: 'b' });
    const two = syncRequested.causedBy(push, { ...sync, service: 'b', environment: 'a' });
    const three = syncRequested.causedBy(push, { ...sync, environment: 'a', target: 'b' });
    expect(new Set([one.id, two.id, three.id]).size).toBe(3);
  });

  test('has an id that does not depend on what it says, so that a retry with a better message is recognised', () => {
    const [refused] = examples.filter((event) => imageRefused.is(event));
    const { content } = refused!.data.subject;
    const custom = { actor: { name: 'octocat', by: 'github' } };
    const said = { by: 'image-tag-updater', subject: { id: 'checkout/staging/app' }, custom };
    const one = imageRefused.causedBy(push, { ...said, content: { ...content, message: 'one' } });
    const two = imageRefused.causedBy(push, { ...said, content: { ...content, message: 'two' } });
    expect(one.id).toBe(two.id);
  });

  test('carries chain, trace, time and labels of its cause, and its own where they are given', () => {
    const cause = branchCreated.causedBy(push, { ...created, service: 'checkout', team: 'pay' });
    const event = syncRequested.causedBy(cause, sync);
    expect(event.data.context.chainId).toBe(push.data.context.chainId);
    expect(event.traceparent.slice(0, 36)).toBe(push.traceparent.slice(0, 36));
    expect(event).toMatchObject({ time: push.time, service: 'checkout', team: 'pay' });
    expect(event).not.toHaveProperty('environment');
    const own = syncRequested.causedBy(cause, {
      ...sync,
      service: 'ledger',
      team: 'books',
      chain: chainOf('https://github.com/acme/ledger', commit),
      time: '2027-01-01T00:00:00Z',
    });
    expect(own).toMatchObject({ service: 'ledger', team: 'books', time: '2027-01-01T00:00:00.000Z' });
    expect(own.data.context.chainId).not.toBe(push.data.context.chainId);
  });
});

describe('an event that a source reports', () => {
  const report = (identity: readonly (string | undefined)[], at = push.time) =>
    branchCreated.reported({ ...created, identity, chain: push.data.context.chainId, time: at });

  test('has the id of its identity and type alone', async () => {
    await fc.assert(
      fc.property(
        fc.array(fc.option(fc.string(), { nil: undefined })),
        fc.array(fc.option(fc.string(), { nil: undefined })),
        (one, two) => {
          expect(report(one).id === report(two).id).toBe(JSON.stringify(one) === JSON.stringify(two));
          expect(report(one, '2001-01-01T00:00:00Z').id).toBe(report(one).id);
        },
      ),
    );
  });

  test('has another id where another kind has the same identity', () => {
    const { subject, customData } = push.data;
    const pushed = branchPushed.reported({
      by: 'github-webhook',
      identity: ['x'],
      chain: push.data.context.chainId,
      time: push.time,
      subject: { id: subject.id },
      content: subject.content,
      custom: customData,
    });
    expect(pushed.id).not.toBe(report(['x']).id);
  });

  test('has its time in UTC to the millisecond, so that times compare as text', async () => {
    await fc.assert(
      fc.property(time, fc.integer({ min: -14 * 60, max: 14 * 60 }), (at, offset) => {
        const sign = offset < 0 ? '-' : '+';
        const pad = (value: number) => String(value).padStart(2, '0');
        const zone = `${sign}${pad(Math.floor(Math.abs(offset) / 60))}:${pad(Math.abs(offset) % 60)}`;
        const local = new Date(at.getTime() + offset * 60_000).toISOString().replace('Z', zone);
        const event = report(['x'], local);
        expect(event.time).toBe(at.toISOString());
        expect(event.data.context.timestamp).toBe(at.toISOString());
      }),
    );
  });

  test('is refused where its time is none', () => {
    expect(() => report(['x'], 'yesterday')).toThrow();
  });
});

describe('an envelope', () => {
  test('names its producer, and its outcome where the content has one', () => {
    for (const event of examples) expect(producerOf(event)).toMatch(/^[a-z-]+$/);
    const [finished] = examples.filter((event) => pipelineRunFinished.is(event));
    expect(finished).toMatchObject({ source: '/fairlead/codepipeline-events', outcome: 'failure' });
    expect(push).not.toHaveProperty('outcome');
  });

  test('is told apart by its kind', () => {
    const [requested] = examples.filter((event) => imageRequested.is(event));
    expect(requested?.data.subject.content.mode).toBe('write');
    expect(branchPushed.is(requested!)).toBe(false);
  });

  test('is refused where its content is wrong, before anybody sees it', () => {
    expect(() => syncRequested.causedBy(push, { ...sync, content: { ...sync.content, revision: 'main' } })).toThrow(
      'full git commit id',
    );
    expect(() => syncRequested.causedBy(push, { ...sync, service: 'Checkout Service' })).toThrow('lower-case');
  });

  test('has a detail-type without version', () => {
    expect(detailTypeOf('dev.cdeventsx.fairlead-image.requested.0.1.0')).toBe('dev.cdeventsx.fairlead-image.requested');
  });
});
