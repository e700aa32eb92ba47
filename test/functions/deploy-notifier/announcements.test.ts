import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnyEvent } from '#events/event.ts';
import { announcementsOf } from '#functions/deploy-notifier/announcements.ts';
import * as happened from './chain.ts';
import { delivery, fromJson } from './chain.ts';
import * as back from './way-back.ts';

const announced = (events: readonly AnyEvent[], service = 'checkout') => announcementsOf(service, fromJson(events));
const textsOf = (events: readonly AnyEvent[]): string[] => announced(events).map(({ view }) => view.text);

const bad = happened.deployed(171);
const saw = 'GET https://checkout.acme.dev/healthz: expected 200 in 10 s at most, saw 500 in 3 ms';
const byAda = { by: { actor: back.ada, why: 'carts are <slow>', seconds: 600 } };
const worker = { target: 'worker' };

describe('what is announced of a delivery', () => {
  const cases: [string, AnyEvent[], string[]][] = [
    ['nothing where all goes well', [...delivery(), back.suiteStarted(bad), back.suiteFinished(175, bad)], []],
    ['nothing of checks that could not tell', [...delivery(), back.suiteFinished(400, bad, 'error')], []],
    [
      'the failure, the rollback and the proof of what it restored',
      [...delivery(), ...back.wayBack()],
      [
        `checkout: main-3f2a9c1 failed in staging: ${saw}`,
        'checkout: main-3f2a9c1 was rolled back in staging to main-77ab012, which is healthy',
        'checkout: main-77ab012 is verified in staging after the rollback',
      ],
    ],
    [
      'a restored image that fails, too',
      [...delivery(), ...back.wayBack().slice(3, 8), back.suiteFinished(300, back.rolledBack(290, 235), 'failure')],
      [
        'checkout: main-3f2a9c1 was rolled back in staging to main-77ab012, which is healthy',
        `checkout: main-77ab012 failed in staging: ${saw}`,
      ],
    ],
    [
      'an incident and its end',
      [
        ...delivery(),
        happened.incident(500, 'detected', 'no pod is ready'),
        happened.incident(560, 'resolved', 'it is well'),
      ],
      [
        'checkout: main-3f2a9c1 is unhealthy in staging: no pod is ready',
        'checkout: the incident in staging is over: it is well',
      ],
    ],
    ['no end of an incident that is not known', [...delivery(), happened.incident(560, 'resolved')], []],
    [
      'a rollback that is left to a person',
      [
        ...delivery(),
        back.withheld(232, 'ask', 'rollback is "ask" here', 'npm run rollback -- checkout staging --stage dev'),
      ],
      ['checkout: main-3f2a9c1 is not rolled back in staging: rollback is "ask" here'],
    ],
    [
      'a rollback by a person',
      [
        ...delivery(),
        back.rollbackRequested(byAda),
        back.rollbackCommitted(602, byAda),
        back.rolledBack(650, 602, byAda),
      ],
      [
        'checkout: main-3f2a9c1 was rolled back in staging by Ada Lovelace to main-77ab012, which is healthy: carts are &lt;slow&gt;',
      ],
    ],
    [
      'a rollback that was refused',
      [...delivery(), back.rollbackRefused(235, 'no-entry', 'kustomization.yaml:12: no entry')],
      ['checkout: the rollback to main-77ab012 was refused for staging: kustomization.yaml:12: no entry'],
    ],
    [
      'nothing where something newer came first',
      [...delivery(), back.rollbackRefused(235, 'superseded', 'main-9')],
      [],
    ],
    [
      'several images of one commit once',
      [...delivery(), ...back.wayBack(), happened.deployed(171, worker), ...back.wayBack(worker)],
      [
        `checkout: main-3f2a9c1 failed in staging: ${saw}`,
        'checkout: main-3f2a9c1 was rolled back in staging to main-77ab012, which is healthy',
        'checkout: main-77ab012 is verified in staging after the rollback',
      ],
    ],
    ['no hold', [...delivery(), back.held(702, back.holdAsked(700, 'hold'))], []],
    ["nothing of the repository's other services", [...delivery('cart'), ...back.wayBack({ service: 'cart' })], []],
  ];

  it.each(cases)('is %s', (_, events, texts) => {
    expect(textsOf(events)).toEqual(texts);
  });

  it('has the command to type, and what a check saw, in blocks of code', () => {
    const command = 'npm run rollback -- checkout staging --stage dev';
    const [withheld] = announced([back.withheld(232, 'ask', 'rollback is "ask" here', command)]);
    expect(JSON.stringify(withheld!.view.blocks)).toContain(`\`\`\`\\n${command}\\n\`\`\``);
    const [failed] = announced([back.suiteFinished(232, bad, 'failure', '<!channel> `x`')]);
    expect(JSON.stringify(failed!.view.blocks)).toContain('`GET https://checkout.acme.dev/healthz` expected 200');
    expect(JSON.stringify(failed!.view.blocks)).toContain('&lt;!channel&gt;');
  });

  it('never takes anything back, whatever is learned later', () => {
    const everything = fromJson([
      ...delivery(),
      ...delivery('checkout', 'production'),
      ...back.wayBack(),
      ...back.wayBack({ environment: 'production' }),
      ...back.wayBack(worker),
      happened.incident(500, 'detected'),
      happened.incident(500, 'resolved'),
      back.rollbackRefused(236, 'no-entry', 'no entry'),
      back.rollbackCommitted(602, byAda),
      back.rolledBack(650, 602, byAda),
      back.withheld(232, 'off', 'rollback is off here'),
    ]);
    const keysOf = (events: readonly AnyEvent[]) => announcementsOf('checkout', events).map(({ key }) => key);
    fc.assert(
      fc.property(fc.subarray(everything), fc.subarray(everything), (less, more) => {
        expect(keysOf([...less, ...more])).toEqual(expect.arrayContaining(keysOf(less)));
      }),
      { numRuns: 300 },
    );
  });
});
