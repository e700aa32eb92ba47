import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnyEvent } from '#events/event.ts';
import { announcementsOf } from '#functions/deploy-notifier/announcements.ts';
import type { View } from '#functions/deploy-notifier/blocks.ts';
import { viewOf } from '#functions/deploy-notifier/view.ts';
import { runs } from '../../runs.ts';
import * as happened from './chain.ts';
import { delivery, fromJson, pushed } from './chain.ts';
import * as back from './way-back.ts';

/** What a reader sees, a line each: links as their labels. */
const linesOf = ({ blocks }: View): string[] =>
  blocks
    .map((block) => (block.type === 'section' ? block.text.text : block.elements.map(({ text }) => text).join('')))
    .join('\n')
    .replace(/<[^|>]+\|([^>]+)>/g, '$1')
    .split('\n');

const view = (events: readonly AnyEvent[], service = 'checkout') => viewOf(service, fromJson(events));
const byAPerson = { by: { actor: back.ada, seconds: 600 } };

/** Ada asks for the image itself that was rolled back, which fails once more. */
const broughtBack = (): AnyEvent[] => {
  const rolledBack = back.rolledBack(650, 602, byAPerson);
  const events = [
    back.rollbackRequested(byAPerson),
    back.rollbackCommitted(602, byAPerson),
    rolledBack,
    back.suiteFinished(660, rolledBack, 'failure', '502 in 2 ms'),
  ];
  const { tag, digest } = happened.imageOf('checkout');
  const restored = rolledBack.data.customData.image;
  const text = JSON.stringify(events).replaceAll(restored.tag, tag).replaceAll(restored.digest, digest);
  return JSON.parse(text);
};

const build = { service: 'checkout' };
const inProduction = { environment: 'production' };

describe('a delivery in Slack', () => {
  it('tells a whole delivery', () => {
    const whole = view(delivery());
    expect(whole.text).toBe('checkout: main-3f2a9c1 is healthy in staging');
    expect(linesOf(whole)).toEqual([
      ':white_check_mark: *checkout*: main-3f2a9c1 is healthy in staging',
      '`3f2a9c1` Round totals half up — Ada Lovelace',
      '✓ Pushed to `main`',
      '✓ Built · 2m 1s',
      '✓ In the registry as `main-3f2a9c1`',
      '✓ In Git at `a1b2c3d` · 4s',
      '✓ Synced · 15s',
      '✓ Healthy · 31s',
      '2m 51s from push to healthy',
    ]);
  });

  it('links the commit and the build', () => {
    const text = JSON.stringify(view(delivery()).blocks);
    expect(text).toContain(`<https://github.com/acme/shop/commit/${happened.commit}|\`3f2a9c1\`>`);
    expect(text).toMatch(/<https:\/\/eu-west-1\.console\.aws\.amazon\.com\/[^|]+\|Built>/);
  });

  const cases: [string, AnyEvent[], string, string[]][] = [
    [
      'a build that was asked for',
      [pushed(), happened.queued(1, build)],
      '3f2a9c1 waits for its build',
      ['○ The build was asked for'],
    ],
    ['a build that runs', [pushed(), happened.started(1, build)], '3f2a9c1 is being built', ['○ The build is running']],
    [
      'a build that failed, with the step and its reason',
      [
        pushed(),
        happened.started(1, build),
        happened.step(60, 'checkout', ['Build'], 'failure'),
        happened.step(60, 'checkout', ['Build', 'Docker'], 'failure', 'exit status 1'),
        happened.finished(61, build, 'failure'),
      ],
      'the build of 3f2a9c1 failed in Docker',
      ['✗ The build failed in *Docker*: exit status 1 · 1m 1s'],
    ],
    [
      'a build that failed and was run again',
      [
        pushed(),
        happened.started(1, build),
        happened.finished(61, build, 'failure'),
        happened.started(90, build),
        happened.finished(150, build),
      ],
      '3f2a9c1 is built',
      ['✓ Built · 2m 30s'],
    ],
    [
      'a build that was cancelled',
      [pushed(), happened.finished(61, build, 'cancel')],
      'the build of 3f2a9c1 was cancelled',
      ['– The build was cancelled · 1m 1s'],
    ],
    [
      "a workflow of the repository beside the service's own build",
      [pushed(), happened.finished(30, { name: 'lint' }, 'failure'), happened.started(1, build)],
      '3f2a9c1 is being built',
      ['✗ The workflow lint failed · 30s', '○ The build is running'],
    ],
    [
      'an image that should run',
      delivery().slice(0, 10),
      'main-3f2a9c1 is on its way to staging',
      ['○ Not yet in Git'],
    ],
    ['an image in Git', delivery().slice(0, 12), 'main-3f2a9c1 is in Git for staging', ['○ Argo CD was told']],
    [
      'an image that was in Git already',
      [...delivery().slice(0, 10), happened.committed(125, {}, false)],
      'main-3f2a9c1 is in Git for staging',
      ['✓ Already in Git at `a1b2c3d` · 4s'],
    ],
    ['a sync under way', delivery().slice(0, 13), 'main-3f2a9c1 is syncing in staging', ['○ Argo CD is syncing']],
    [
      'a sync that failed',
      [...delivery().slice(0, 13), happened.synced(140, {}, 'failure', 'one object failed to apply')],
      'main-3f2a9c1 is not synced in staging: one object failed to apply',
      ['✗ The sync failed: one object failed to apply · 15s'],
    ],
    [
      'a refusal with its reason',
      [...delivery().slice(0, 10), happened.refused(121, 'kustomization.yaml:12: no entry named checkout')],
      'main-3f2a9c1 is refused for staging: kustomization.yaml:12: no entry named checkout',
      ['✗ Refused: kustomization.yaml:12: no entry named checkout'],
    ],
    [
      'an image that came into Git after a refusal',
      [...delivery(), happened.refused(121, 'kustomization.yaml:12: no entry named checkout')],
      'main-3f2a9c1 is healthy in staging',
      [],
    ],
    [
      'an image that waits for a person to merge it',
      [...delivery().slice(0, 10), happened.offered(121, 12)],
      'main-3f2a9c1 is waiting for a pull request in staging',
      ['○ Waits for pull request #12'],
    ],
    [
      'an image that a person did not want',
      [...delivery().slice(0, 10), happened.offered(121, 12), happened.refused(180, 'ada closed pull request #12')],
      'main-3f2a9c1 is refused for staging: ada closed pull request #12',
      ['✗ Refused: ada closed pull request #12'],
    ],
    [
      'an environment that only observes, with the diff',
      [...delivery().slice(0, 10), happened.proposed(121, '-  newTag: main-1\n+  newTag: main-2\n')],
      'main-3f2a9c1 is only observed for staging',
      ['– Would change Git', '```', '-  newTag: main-1', '+  newTag: main-2', '```'],
    ],
    [
      'an incident after health',
      [...delivery(), happened.incident(500, 'detected')],
      'main-3f2a9c1 is unhealthy in staging: Deployment checkout: 1 of 3 pods is ready',
      ['✗ Deployment checkout: 1 of 3 pods is ready · 5m 29s'],
    ],
    [
      'an incident that is over',
      [...delivery(), happened.incident(500, 'detected'), happened.incident(560, 'resolved')],
      'main-3f2a9c1 is healthy in staging',
      ['✓ Healthy again · 6m 29s'],
    ],
    [
      'an incident before health',
      [...delivery(), happened.incident(150, 'detected')],
      'main-3f2a9c1 is healthy in staging',
      [],
    ],
    [
      'an application that was deleted',
      [...delivery(), happened.removed(900)],
      'main-3f2a9c1 is removed from staging',
      ['– Its application was deleted · 12m 9s'],
    ],
    [
      'several images, healthy only when all are',
      [...delivery(), happened.requested(119, { target: 'worker' }), happened.committed(125, { target: 'worker' })],
      'main-3f2a9c1 is syncing in staging',
      ['✓ In Git at `a1b2c3d` (app and worker) · 4s', '○ Healthy so far: app · 31s'],
    ],
    [
      'several environments, each with its state',
      [...delivery(), happened.requested(180, inProduction), happened.refused(181, 'held since Monday', inProduction)],
      'main-3f2a9c1 is refused for production, healthy in staging: held since Monday',
      ['*staging*', '✓ Healthy · 31s', '*production*', '✗ Refused: held since Monday'],
    ],
    [
      'a configuration that is wrong',
      [pushed(), happened.misconfigured(1)],
      'its configuration is wrong, so nothing is done for it',
      ['✗ services/checkout.yaml: checkout.environments.staging.path: is missing'],
    ],
    [
      'an image without a push',
      [happened.published(5, 'checkout'), happened.requested(5)],
      'main-3f2a9c1 is on its way to staging',
      ['✓ In the registry as `main-3f2a9c1`'],
    ],
    ['health alone', [happened.deployed(171)], 'main-3f2a9c1 is healthy in staging', ['✓ Healthy']],
  ];

  it('tells the whole way back', () => {
    const whole = view([...delivery(), ...back.wayBack()]);
    expect(whole.text).toBe(
      'checkout: main-3f2a9c1 failed in staging and was rolled back to main-77ab012, which is verified',
    );
    expect(linesOf(whole)).toEqual([
      ':leftwards_arrow_with_hook: *checkout*: main-3f2a9c1 failed in staging and was rolled back to main-77ab012, which is verified',
      '`3f2a9c1` Round totals half up — Ada Lovelace',
      '✓ Pushed to `main`',
      '✓ Built · 2m 1s',
      '✓ In the registry as `main-3f2a9c1`',
      '✓ In Git at `a1b2c3d` · 4s',
      '✓ Synced · 15s',
      '✓ Healthy · 31s',
      '✗ The checks failed · 1m 1s',
      '`GET https://checkout.acme.dev/healthz` expected 200 in 10 s at most, saw 500 in 3 ms',
      '✓ Rolled back to `main-77ab012`',
      '✓ In Git at `b2c3d4e` · 3s',
      '✓ Synced · 15s',
      '✓ Healthy · 40s',
      '✓ Verified by 1 check · 3s',
    ]);
  });

  const bad = happened.deployed(171);
  const failed = [...delivery(), back.suiteFinished(232, bad, 'failure')];
  const saw = 'GET https://checkout.acme.dev/healthz: expected 200 in 10 s at most, saw 500 in 3 ms';
  const restored = [...failed, back.rollbackRequested(), back.rollbackCommitted(235), back.rolledBack(290, 235)];
  const byAda = { by: { actor: back.ada, why: 'carts are <slow>', seconds: 600 } };
  const askedByAda = back.holdAsked(700, 'release', 'fixed in the database');

  const waysBack: [string, AnyEvent[], string, string[]][] = [
    [
      'checks that run',
      [...delivery(), back.suiteStarted(bad)],
      'main-3f2a9c1 is being verified in staging',
      ['○ The checks are running'],
    ],
    [
      'checks that held',
      [...delivery(), back.suiteFinished(175, bad)],
      'main-3f2a9c1 is verified in staging',
      ['✓ Verified by 1 check · 4s', '2m 55s from push to verified'],
    ],
    [
      'several images, verified only when all are',
      [
        ...delivery(),
        happened.committed(125, { target: 'worker' }),
        happened.deployed(172, { target: 'worker' }),
        back.suiteFinished(175, bad),
      ],
      'main-3f2a9c1 is being verified in staging',
      ['✓ Verified by 1 check (app) · 3s'],
    ],
    [
      'checks that failed, and what was seen',
      failed,
      `main-3f2a9c1 failed in staging: ${saw}`,
      [
        '✗ The checks failed · 1m 1s',
        '`GET https://checkout.acme.dev/healthz` expected 200 in 10 s at most, saw 500 in 3 ms',
      ],
    ],
    [
      'checks that could not tell',
      [...delivery(), back.suiteFinished(400, bad, 'error')],
      'main-3f2a9c1 is not proven in staging: the time of the function ran out',
      ['– The checks could not tell: the time of the function ran out · 3m 49s'],
    ],
    [
      'a deployment whose checks are known before itself',
      [...delivery().slice(0, -1), back.suiteFinished(175, bad)],
      'main-3f2a9c1 is syncing in staging',
      ['✓ Synced · 15s'],
    ],
    [
      'a rollback that was asked for',
      [...failed, back.rollbackRequested()],
      'main-3f2a9c1 failed in staging and is being rolled back to main-77ab012',
      ['○ Rolling back to `main-77ab012`', '○ Not yet in Git'],
    ],
    [
      'a rollback in Git',
      [...failed, back.rollbackCommitted(235), back.rollbackTold(235)],
      'main-3f2a9c1 failed in staging and is being rolled back to main-77ab012',
      ['✓ In Git at `b2c3d4e` · 3s', '○ Argo CD was told'],
    ],
    [
      'a restored image that is healthy',
      restored,
      'main-3f2a9c1 failed in staging and was rolled back to main-77ab012, which is healthy',
      ['✓ Rolled back to `main-77ab012`', '✓ Healthy · 55s'],
    ],
    [
      'a restored image before its commit is known',
      [...failed, back.rolledBack(290, 235)],
      'main-3f2a9c1 failed in staging and was rolled back to main-77ab012, which is healthy',
      ['✓ Rolled back to `main-77ab012`', '✓ Healthy · 58s'],
    ],
    [
      'a restored image that is checked',
      [...restored, back.suiteStarted(back.rolledBack(290, 235))],
      'main-3f2a9c1 failed in staging and was rolled back to main-77ab012, which is being verified',
      ['○ The checks are running'],
    ],
    [
      'a restored image that fails, too',
      [...restored, back.suiteFinished(300, back.rolledBack(290, 235), 'failure', '502 in 2 ms')],
      'main-3f2a9c1 failed in staging and was rolled back to main-77ab012, which failed, too: GET https://checkout.acme.dev/healthz: expected 200 in 10 s at most, saw 502 in 2 ms',
      ['✗ The checks failed · 10s'],
    ],
    [
      'a restored image that is unhealthy',
      [...restored, back.restoredIncident(400, 235, 'detected')],
      'main-3f2a9c1 failed in staging and was rolled back to main-77ab012, which is unhealthy: no pod is ready',
      ['✗ no pod is ready · 1m 50s'],
    ],
    [
      'a rollback after an incident, which ends with it',
      [
        ...delivery(),
        happened.incident(220, 'detected', 'no pod is ready'),
        back.rollbackRequested(),
        back.rollbackCommitted(235),
        back.rolledBack(290, 235),
        happened.incident(290, 'resolved'),
      ],
      'main-3f2a9c1 failed in staging and was rolled back to main-77ab012, which is healthy',
      ['✗ no pod is ready · 49s', '✓ Rolled back to `main-77ab012`'],
    ],
    [
      'a rollback by a person, with their words',
      [
        ...delivery(),
        back.rollbackRequested(byAda),
        back.rollbackCommitted(602, byAda),
        back.rolledBack(650, 602, byAda),
      ],
      'main-3f2a9c1 was rolled back in staging to main-77ab012, which is healthy',
      ['✓ Rolled back to `main-77ab012` by Ada Lovelace: carts are &lt;slow&gt;', '✓ Healthy · 48s'],
    ],
    [
      'an image that a person brought back after its rollback',
      [...delivery(), ...back.wayBack(), ...broughtBack()],
      'main-3f2a9c1 failed in staging and was brought back after its rollback, and failed again: GET https://checkout.acme.dev/healthz: expected 200 in 10 s at most, saw 502 in 2 ms',
      ['✗ The checks failed · 10s'],
    ],
    [
      'a newer image that came before the rollback',
      [...failed, back.rollbackRequested(), back.rollbackRefused(235, 'superseded', 'main-9 is there by now')],
      'main-3f2a9c1 failed in staging and was replaced by a newer image before the rollback',
      ['– A newer image came before the rollback to `main-77ab012`'],
    ],
    [
      'a rollback that was refused for another reason',
      [...failed, back.rollbackRefused(235, 'no-entry', 'kustomization.yaml:12: no entry')],
      `main-3f2a9c1 failed in staging: ${saw}`,
      ['✗ The rollback to `main-77ab012` was refused: kustomization.yaml:12: no entry'],
    ],
    [
      'a rollback that is left to a person, and how',
      [
        ...failed,
        back.withheld(232, 'ask', 'rollback is "ask" here', 'npm run rollback -- checkout staging --stage dev'),
      ],
      'main-3f2a9c1 failed in staging and is not rolled back: rollback is "ask" here',
      ['✗ Not rolled back: rollback is "ask" here', '```', 'npm run rollback -- checkout staging --stage dev', '```'],
    ],
    [
      'checks that could not tell, and are left to a person',
      [
        ...delivery(),
        back.suiteFinished(400, bad, 'error'),
        back.withheld(400, 'ask', 'nobody knows whether it works'),
      ],
      'main-3f2a9c1 is not proven in staging: nobody knows whether it works',
      ['✗ Not rolled back: nobody knows whether it works'],
    ],
    [
      'an incident that is left to a person',
      [
        ...delivery(),
        happened.incident(220, 'detected', 'no pod is ready'),
        back.withheld(220, 'off', 'rollback is off'),
      ],
      'main-3f2a9c1 is unhealthy in staging and not rolled back: rollback is off',
      ['✗ no pod is ready · 49s'],
    ],
    [
      'a hold and its end',
      [...restored, back.held(702, askedByAda), askedByAda],
      'main-3f2a9c1 failed in staging and was rolled back to main-77ab012, which is healthy',
      ['– Released `main-3f2a9c1` by Ada Lovelace: fixed in the database · 6m 52s'],
    ],
    [
      'a hold of what was never moved',
      [pushed(), happened.published(5, 'checkout'), back.held(8, back.holdAsked(6, 'hold'))],
      'main-3f2a9c1 is held in staging',
      ['– Held `main-3f2a9c1` by Ada Lovelace · 3s'],
    ],
    [
      'a hold that is asked for',
      [pushed(), happened.published(5, 'checkout'), back.holdAsked(6, 'hold')],
      'main-3f2a9c1 is in the registry',
      ['○ To be held: `main-3f2a9c1` by Ada Lovelace'],
    ],
    [
      'a hold that was refused',
      [...delivery(), back.notHeld(702, back.holdAsked(700, 'hold'), 'staging only observes')],
      'main-3f2a9c1 is healthy in staging',
      ['✗ Not held: `main-3f2a9c1` by Ada Lovelace: staging only observes · 8m 51s'],
    ],
    [
      'several environments, each with its end',
      [
        ...restored,
        ...delivery('checkout', 'production').slice(9),
        back.suiteFinished(175, happened.deployed(171, inProduction)),
      ],
      'main-3f2a9c1 failed in staging and was rolled back to main-77ab012, which is healthy; is verified in production',
      ['*production*', '*staging*'],
    ],
    [
      'a rollback of what is known no more',
      [back.rollbackRequested(byAda), back.rollbackCommitted(602, byAda), back.rolledBack(650, 602, byAda)],
      'main-3f2a9c1 was rolled back in staging to main-77ab012, which is healthy',
      ['✓ Healthy · 48s'],
    ],
  ];

  it.each([...cases, ...waysBack])('tells of %s', (_, events, sentence, lines) => {
    const told = view(events);
    expect(told.text).toBe(`checkout: ${sentence}`);
    expect(linesOf(told)).toEqual(expect.arrayContaining(lines));
  });

  it("leaves out the image and the events of the repository's other services", () => {
    const other = delivery('cart').filter((event) => event.service === 'cart' || event.type.includes('artifact'));
    expect(view([...delivery(), ...other])).toEqual(view(delivery()));
  });

  it('leaves out what does not have the shape of its kind', () => {
    const [event] = fromJson([happened.committed(125)]);
    const broken = { ...event!, id: '0b0a5ad6-3f10-4b53-8d0c-4a8c1b9b8b10', data: { ...event!.data, customData: {} } };
    expect(viewOf('checkout', [...fromJson(delivery()), broken])).toEqual(view(delivery()));
  });

  it('escapes what people wrote, and pings nobody', () => {
    const { blocks } = view([
      pushed('<!here> @channel <@U1> & `x` <https://evil.example|click>'),
      happened.queued(1, build),
    ]);
    const text = JSON.stringify(blocks);
    expect(text).not.toMatch(/<[!@#]|@channel|\|click>/);
    expect(text).toContain('&lt;!here&gt; @\u2060channel &lt;@\u2060U1&gt; &amp;');
    expect(text).not.toContain('"verbatim":false');
  });

  it('links nothing but https', () => {
    const push = pushed();
    const events = ['javascript:alert(1)', 'http://example.com/'].map((url) => ({
      ...push,
      data: { ...push.data, customData: { ...push.data.customData, url } },
    }));
    for (const event of events)
      expect(JSON.stringify(viewOf('checkout', [event]).blocks)).not.toMatch(/<(javascript|http:)/);
  });

  it('keeps a code block closed, whatever is in the diff', () => {
    const lines = linesOf(view([happened.proposed(1, '+ ```\n+ <!channel>\n')]));
    expect(lines.filter((line) => line.includes('```'))).toHaveLength(2);
    expect(lines).toContain('+ &lt;!channel&gt;');
  });
});

const expectToFit = ({ text: sentence, blocks }: View): void => {
  expect(Buffer.byteLength(sentence)).toBeLessThanOrEqual(4000);
  expect(blocks.length).toBeLessThanOrEqual(50);
  expect(JSON.stringify(blocks).length).toBeLessThanOrEqual(13_000);
  for (const block of blocks) {
    const texts = block.type === 'section' ? [block.text] : block.elements;
    for (const { text: shown } of texts) {
      expect(shown.length).toBeLessThanOrEqual(3000);
      expect(shown.length).toBeGreaterThan(0);
      expect(shown).toBe(shown.toWellFormed());
      expect(shown).not.toMatch(/<[!@#]/);
    }
  }
};

const anything: AnyEvent[] = fromJson([
  ...delivery(),
  ...delivery('cart'),
  ...delivery('checkout', 'production'),
  happened.started(5, {}),
  happened.finished(65, {}, 'failure'),
  happened.refused(121, 'no entry', { target: 'worker' }),
  happened.incident(500, 'detected'),
  happened.incident(500, 'resolved'),
  happened.removed(900, inProduction),
  happened.misconfigured(1),
  ...back.wayBack(),
  ...back.wayBack(inProduction),
  happened.deployed(171, { ...inProduction, target: 'worker' }),
  back.suiteFinished(400, happened.deployed(171, { ...inProduction, target: 'worker' }), 'error'),
  back.rollbackRefused(236, 'superseded', 'main-9 is there by now'),
  back.rollbackRequested({ by: { actor: back.ada, seconds: 600 } }),
  back.rollbackCommitted(602, { by: { actor: back.ada, seconds: 600 } }),
  back.restoredIncident(700, 235, 'detected'),
  back.restoredIncident(720, 235, 'resolved'),
  back.withheld(232, 'off', 'rollback is off here'),
  back.holdAsked(800, 'hold'),
  back.held(801, back.holdAsked(800, 'hold')),
  back.notHeld(900, back.holdAsked(899, 'release'), 'there is no lock'),
]);

describe('the view of a chain', () => {
  it('depends on the set of its events alone', () => {
    const copies = fc.subarray(anything, { minLength: 1 }).chain((events) =>
      fc.tuple(
        fc.constant(events),
        fc.array(fc.constantFrom(...events), { maxLength: 20 }).chain((more) => {
          const all = [...events, ...more];
          return fc.shuffledSubarray(all, { minLength: all.length });
        }),
      ),
    );
    fc.assert(
      fc.property(copies, ([events, shuffled]) => {
        expect(viewOf('checkout', shuffled)).toEqual(viewOf('checkout', events));
        expect(announcementsOf('checkout', shuffled)).toEqual(announcementsOf('checkout', events));
      }),
      { numRuns: runs(100, 1000) },
    );
  });

  it("fits Slack's limits, whatever people and systems write", () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 2000 }),
      fc.string({ unit: fc.constantFrom('&', '<', '`', '@a', '\n', '*', '語', '👩‍💻'), maxLength: 600 }),
    );
    const events = fc
      .tuple(text, text, text, fc.integer({ min: 1, max: 60 }))
      .map(([message, reason, diff, several]) => [
        pushed(message.slice(0, 200)),
        happened.step(9, 'checkout', ['Build'], 'failure', reason),
        happened.finished(10, build, 'failure'),
        ...Array.from({ length: several }, (_, index) => [
          happened.proposed(20 + index, diff, { environment: `env-${index}` }),
          happened.refused(20 + index, reason, { environment: `env-${index}`, target: 'worker' }),
          happened.incident(90, 'detected', reason, { environment: `env-${index}` }),
          back.suiteFinished(
            80,
            happened.deployed(70, { environment: `env-${index}` }),
            'failure',
            reason.slice(0, 500),
          ),
        ]).flat(),
        back.withheld(95, 'ask', reason, diff.slice(0, 500)),
        back.holdAsked(99, 'hold', reason.slice(0, 500)),
      ]);
    fc.assert(
      fc.property(events, (chain) => {
        expectToFit(view(chain));
        for (const announced of announcementsOf('checkout', fromJson(chain))) expectToFit(announced.view);
      }),
      { numRuns: runs(8, 100) },
    );
  });
});
