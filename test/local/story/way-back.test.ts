import { describe, expect, test } from 'vitest';
import type { AnyEvent } from '#events/event.ts';
import { holdCommitted, holdRefused, holdRequested, rollbackWithheld } from '#events/holds.ts';
import { purlOf } from '#events/image.ts';
import { imageRequested } from '#events/images.ts';
import { serviceRolledback } from '#events/services.ts';
import { testSuiteRunFinished, testSuiteRunStarted } from '#events/tests.ts';
import { sentenceOf } from '#local/story/sentence.ts';
import { committed, imageOf, revision, upgraded } from '../../functions/smoke-test/world.ts';

const cause = upgraded(2, 60);
const image = imageOf(1);
const place = { service: { id: 'checkout' }, environment: { id: 'staging' }, target: 'app' };
const actor = { name: 'Ada', by: 'command' };
const subject = { id: 'checkout/staging/app' };

const suite = { environment: place.environment, testSuite: { id: 'checkout/staging/smoke', name: 'smoke' } };
const tested = { deployment: cause.id, target: 'app', image, revision };

const finished = (outcome: 'success' | 'failure' | 'error', reason?: string) =>
  testSuiteRunFinished.causedBy(cause, {
    by: 'smoke-test',
    subject: { id: cause.id },
    content: { ...suite, outcome, ...(reason !== undefined && { reason }) },
    custom: { ...tested, checks: [] },
  });

const hold = { ...place, digest: image.digest };
const by = 'image-tag-updater';
const gitops = { name: 'main', revision };

const withheld = (command?: string) =>
  rollbackWithheld.causedBy(cause, {
    by: 'rollback-trigger',
    subject,
    content: { ...place, image, code: 'ask', message: 'a person decides here', ...(command && { command }) },
    custom: { changedTogether: [] },
  });

const holding = (action: 'hold' | 'release') => [
  holdRequested.causedBy(cause, { by: 'hold', subject, content: { ...hold, action }, custom: { actor } }),
  holdCommitted.causedBy(cause, {
    by,
    subject,
    content: { ...hold, action, gitops, changed: true },
    custom: { actor },
  }),
  holdRefused.causedBy(cause, {
    by,
    subject,
    content: { ...hold, action, code: 'no-lock', message: 'there is no lock' },
    custom: { actor },
  }),
];

const { order } = committed(2, 0).data.subject.content;

const rollback = imageRequested.causedBy(cause, {
  by: 'rollback-trigger',
  subject,
  content: { ...place, artifactId: purlOf(image), image, order, reason: 'rollback', mode: 'write' },
  custom: { actor },
});

const rolledback = serviceRolledback.causedBy(cause, {
  by: 'argocd-webhook',
  subject: { id: 'checkout' },
  content: { environment: place.environment, artifactId: purlOf(image) },
  custom: { target: 'app', image, revision, applications: [] },
});

const started = testSuiteRunStarted.causedBy(cause, {
  by: 'smoke-test',
  subject: { id: cause.id },
  content: { ...suite, trigger: { type: 'event' } },
  custom: tested,
});

describe('the way back is told', () => {
  const told: readonly (readonly [AnyEvent, string])[] = [
    [started, 'staging is being checked'],
    [finished('success'), 'image v1.0.1 is proven in staging'],
    [
      finished('failure', '1 of 1 checks did not hold'),
      'image v1.0.1 failed its smoke test in staging: 1 of 1 checks did not hold',
    ],
    [finished('error', 'no time'), 'image v1.0.1 is not proven in staging: no time'],
    [rollback, 'staging should go back to image v1.0.1'],
    [rolledback, 'image v1.0.1 is healthy in staging again'],
    [withheld(), 'staging is not rolled back by itself: a person decides here'],
    [withheld('npm run rollback'), 'staging is not rolled back by itself: a person decides here (npm run rollback)'],
    [holding('hold')[0]!, 'Ada wants image sha256:000000000000 held in staging'],
    [holding('hold')[1]!, 'image sha256:000000000000 is held in staging'],
    [holding('hold')[2]!, 'image sha256:000000000000 was not held in staging: there is no lock'],
    [holding('release')[0]!, 'Ada wants image sha256:000000000000 released in staging'],
    [holding('release')[1]!, 'image sha256:000000000000 is no longer held in staging'],
    [holding('release')[2]!, 'image sha256:000000000000 was not released in staging: there is no lock'],
  ];

  test.each(told.map(([event, sentence]) => [sentence, event] as const))('%s', (sentence, event) => {
    expect(sentenceOf(event)).toBe(`checkout: ${sentence}`);
  });
});
