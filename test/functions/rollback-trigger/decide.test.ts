import { describe, expect, it } from 'vitest';
import { rollbackWithheld } from '#events/holds.ts';
import { imageRequested } from '#events/images.ts';
import { decide } from '#functions/rollback-trigger/decide.ts';
import type { Facts, Failure } from '#functions/rollback-trigger/facts.ts';
import { environmentOf } from '#shared/config/config.ts';
import {
  at,
  checkout,
  committed,
  configOf,
  deployed,
  imageOf,
  incident,
  orderOf,
  tested,
  verifiedAs,
} from './deployment.ts';

const one = committed(1, 100);
const bad = committed(3, 300);
const running = deployed(bad, 330);
const failure = tested(running, 360);

const facts = (changes: Partial<Facts> = {}): Facts => ({
  commit: bad,
  deployedAt: at(330),
  commits: [one, bad],
  verified: verifiedAs(1, 130),
  neighbours: [],
  request: undefined,
  ...changes,
});

interface Given extends Partial<Facts> {
  readonly failure?: Failure;
  readonly rollback?: 'auto' | 'ask' | 'off';
  readonly isYoung?: boolean;
  readonly images?: readonly string[];
}

const decided = ({ failure: given = failure, rollback = 'auto', isYoung = false, images, ...changes }: Given = {}) => {
  const config = configOf({ checkout: { rollback, ...(images && { images }) } });
  const environment = environmentOf(config, checkout);
  if (!environment) throw new Error('the configuration of the test is wrong');
  return decide(given, facts(changes), { environment, config, stage: 'dev', isYoung });
};

const withheldBecause = (given: Given) => {
  const result = decided(given);
  const [event, ...more] = 'events' in result ? result.events : [];
  expect(more).toEqual([]);
  const { content } = rollbackWithheld.schema.parse(event).data.subject;
  return { code: content.code, message: content.message, command: content.command };
};

describe('a failing deployment', () => {
  it('goes back to the last verified image, and says which image that replaces', () => {
    const result = decided();
    const [event] = 'events' in result ? result.events : [];
    expect(imageRequested.schema.parse(event)).toMatchObject({
      time: failure.time,
      service: 'checkout',
      environment: 'staging',
      team: 'pay',
      data: {
        context: { chainId: bad.data.context.chainId, links: [{ from: { contextId: bad.id } }] },
        subject: {
          id: 'checkout/staging/app',
          content: {
            reason: 'rollback',
            image: imageOf(1),
            order: orderOf(1),
            expected: imageOf(3).digest,
            mode: 'write',
          },
        },
        customData: { actor: { name: 'Fairlead', by: 'rollback-trigger' }, commit: one.data.customData.commit },
      },
    });
  });

  it('has one rollback with one id, whoever finds that it fails', () => {
    const ids = [failure, incident(bad, 345), incident(bad, 350)].map((given) => {
      const result = decided({ failure: given });
      return 'events' in result ? result.events.map(({ id }) => id) : [];
    });
    expect(new Set(ids.flat()).size).toBe(1);
    expect(ids.map(({ length }) => length)).toEqual([1, 1, 1]);
  });

  it('says again what was asked for already, whatever is known by now', () => {
    const first = decided();
    const request = imageRequested.schema.parse('events' in first && first.events[0]);
    const later = { request, verified: verifiedAs(2, 200), commits: [one, bad, committed(4, 400)] };
    expect(decided(later)).toEqual({ events: [request] });
  });

  it('is left alone where another image was committed since', () => {
    expect(decided({ commits: [one, bad, committed(4, 400)] })).toEqual({
      events: [],
      skipped: 'main-4 was committed after main-3',
    });
    expect(decided({ commits: [one, bad, committed(1, 400, { back: 3 })] })).toHaveProperty('skipped');
    expect(decided({ commits: [one, bad, committed(3, 400, { changed: false })] })).not.toHaveProperty('skipped');
  });
});

describe('nothing is rolled back by itself', () => {
  it.each([
    ['where a person is asked', { rollback: 'ask' as const }, 'ask', /a person decides.*main-1/],
    ['where it is off', { rollback: 'off' as const }, 'off', /by itself here.*main-1/],
    [
      'where the checks proved nothing',
      { failure: tested(running, 360, 'error') },
      'ask',
      /could not be finished.*Nothing is proven/,
    ],
    [
      'where another service came by the same sync',
      { neighbours: [{ service: 'ledger', alike: true, deployedAt: at(330) }] },
      'changed-together',
      /one sync with changes of ledger/,
    ],
    [
      'where the incident names several services',
      { failure: incident(bad, 345, ['ledger']) },
      'changed-together',
      /0 of 2 pods are ready\. main-3 came in one sync/,
    ],
  ])('%s, and the command is told', (_where, given: Given, code, message) => {
    expect(withheldBecause(given)).toMatchObject({
      code,
      message: expect.stringMatching(message),
      command: 'npm run rollback -- checkout staging --stage dev',
    });
  });

  it('names the target where there are several', () => {
    const { command } = withheldBecause({ rollback: 'ask', images: ['app', 'worker'] });
    expect(command).toBe('npm run rollback -- checkout staging --stage dev --target app');
  });

  it('where it is the first image', () => {
    const commit = committed(3, 300, { first: true });
    expect(withheldBecause({ commit, commits: [commit], verified: undefined, isYoung: true })).toEqual({
      code: 'first-deployment',
      message: expect.stringMatching(
        /The checks of main-3 failed: GET \/healthz: saw status 500\. main-3 is the first image/,
      ),
      command: undefined,
    });
  });

  it('where no image before was verified, but one may be named', () => {
    expect(withheldBecause({ verified: undefined })).toMatchObject({
      code: 'no-verified-image',
      command: 'npm run rollback -- checkout staging --stage dev --to main-1',
    });
    expect(withheldBecause({ verified: undefined, commits: [bad] }).command).toBeUndefined();
  });

  it('where the failing image was itself verified', () => {
    expect(withheldBecause({ verified: verifiedAs(3, 330), isYoung: true })).toMatchObject({
      code: 'no-verified-image',
      message: expect.stringMatching(/itself verified/),
    });
  });

  it('to an image that was rolled back since it was verified', () => {
    const commits = [one, committed(2, 200), committed(1, 250, { back: 2 }), bad];
    expect(withheldBecause({ commits, verified: verifiedAs(2, 230) })).toMatchObject({
      code: 'no-verified-image',
      command: 'npm run rollback -- checkout staging --stage dev --to main-1',
    });
    expect(decided({ commits, verified: verifiedAs(1, 270) })).not.toHaveProperty('waitsFor');
  });

  it('from what a rollback brought, so that nothing goes in circles', () => {
    const restored = committed(1, 400, { back: 3 });
    const given = {
      commit: restored,
      commits: [committed(0, 50), one, bad, restored],
      failure: tested(deployed(restored, 430), 460),
      deployedAt: at(430),
    };
    expect(withheldBecause(given)).toMatchObject({
      code: 'rolled-back-already',
      command: 'npm run rollback -- checkout staging --stage dev --to main-0',
    });
  });
});

describe('while the failure is young', () => {
  it('waits for a verified image, that may be on its way to the log', () => {
    expect(decided({ verified: undefined, isYoung: true })).toEqual({
      waitsFor: 'no image before main-3 is verified yet',
    });
  });
});

describe('another service that shares the application', () => {
  const blamed = (deployedAt: number | undefined, alike = true, given: Given = {}): boolean => {
    const time = deployedAt === undefined ? undefined : at(deployedAt);
    const result = decided({ ...given, neighbours: [{ service: 'ledger', alike, deployedAt: time }] });
    return 'events' in result && result.events.some(({ type }) => type === rollbackWithheld.type);
  };

  it('is out of it where its last change was seen to run before', () => {
    expect(blamed(200)).toBe(false);
    expect(blamed(329)).toBe(false);
    expect(blamed(330)).toBe(true);
    expect(blamed(undefined)).toBe(true);
  });

  it('is out of it only from before the commit, where applications differ', () => {
    expect(blamed(300, false)).toBe(false);
    expect(blamed(301, false)).toBe(true);
  });

  it('is judged by the incident where the image never ran', () => {
    const given = { failure: incident(bad, 345), deployedAt: undefined };
    expect(blamed(344, true, given)).toBe(false);
    expect(blamed(345, true, given)).toBe(true);
  });
});
