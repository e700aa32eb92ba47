import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnyEvent } from '#events/event.ts';
import { type View, viewOf } from '#functions/deploy-notifier/view.ts';
import * as happened from './chain.ts';
import { delivery, fromJson, pushed } from './chain.ts';

/** What a reader sees, a line each: links as their labels. */
const linesOf = ({ blocks }: View): string[] =>
  blocks
    .map((block) => (block.type === 'section' ? block.text.text : block.elements.map(({ text }) => text).join('')))
    .join('\n')
    .replace(/<[^|>]+\|([^>]+)>/g, '$1')
    .split('\n');

const view = (events: readonly AnyEvent[], service = 'checkout') => viewOf(service, fromJson(events));
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

  it.each(cases)('tells of %s', (_, events, sentence, lines) => {
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
      }),
      { numRuns: 300 },
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
        ]).flat(),
      ]);
    fc.assert(
      fc.property(events, (chain) => {
        const { text: sentence, blocks } = view(chain);
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
      }),
      { numRuns: 100 },
    );
  });
});
