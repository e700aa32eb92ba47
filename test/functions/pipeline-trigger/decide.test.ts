import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deriveId } from '#events/identity.ts';
import { decide, type Push } from '#functions/pipeline-trigger/decide.ts';
import { push as example } from '../../events/examples.ts';
import { configured } from '../configured.ts';
import { service } from './services.ts';

const pushed = (changes: { branch?: string; source?: string; changed?: string[]; truncated?: boolean } = {}): Push => {
  const push = structuredClone(example);
  const { content } = push.data.subject;
  content.branch = changes.branch ?? content.branch;
  content.repository.source = changes.source ?? content.repository.source;
  push.data.customData.paths = {
    changed: changes.changed ?? ['apps/checkout/main.ts'],
    truncated: changes.truncated ?? false,
  };
  return push;
};

const shop = configured({
  checkout: service('checkout', { paths: ['apps/checkout/**', 'libs/**'] }),
  cart: service('cart', { paths: ['apps/cart/**', 'libs/**'] }),
});

const started = (push: Push, config = shop) =>
  decide(push, config).starts.map(({ pipeline, services }) => [pipeline, ...services.map(({ name }) => name)]);

describe('a push starts the pipelines', () => {
  test.each([
    ['whose paths changed', {}, [['checkout', 'checkout']]],
    [
      'of several services',
      { changed: ['libs/money.ts'] },
      [
        ['checkout', 'checkout'],
        ['cart', 'cart'],
      ],
    ],
    [
      'of all services where the list of paths is cut',
      { changed: [], truncated: true },
      [
        ['checkout', 'checkout'],
        ['cart', 'cart'],
      ],
    ],
    ['however the repository is written', { source: 'https://GitHub.com/Acme/shop.git' }, [['checkout', 'checkout']]],
    ['of nobody on another branch', { branch: 'cards' }, []],
    ['of nobody in another repository', { source: 'https://github.com/acme/other' }, []],
    ['of nobody where only other paths changed', { changed: ['README.md'] }, []],
  ])('%s', (_, changes, expected) => {
    expect(started(pushed(changes))).toEqual(expected);
  });

  test('of a service without paths, whatever changed', () => {
    const config = configured({ checkout: service('checkout') });
    expect(started(pushed({ changed: ['README.md'] }), config)).toEqual([['checkout', 'checkout']]);
    expect(started(pushed({ changed: [] }), config)).toEqual([['checkout', 'checkout']]);
  });

  test('once where services share one', () => {
    const config = configured({ checkout: service('shop'), cart: service('shop'), web: service('web') });
    expect(started(pushed(), config)).toEqual([
      ['shop', 'checkout', 'cart'],
      ['web', 'web'],
    ]);
  });

  test('with a token of the push and the pipeline, and the commit that was pushed', () => {
    const [start] = decide(pushed(), shop).starts;
    expect(start).toMatchObject({
      source: 'Source',
      commit: example.data.subject.content.commit,
      token: deriveId(example.id, 'checkout', 'Source'),
    });
  });
});

describe('why nothing starts is said', () => {
  const { build: _, ...unbuilt } = service('checkout');

  test.each([
    ['another branch', { branch: 'cards' }, shop, 'checkout builds main, not cards; cart builds main, not cards'],
    ['another repository', { source: 'https://github.com/acme/other' }, shop, 'no service builds from acme/shop'],
    [
      'other paths',
      { changed: ['x'] },
      shop,
      'nothing under the paths of checkout changed; nothing under the paths of cart changed',
    ],
    ['no pipeline', {}, configured({ checkout: unbuilt }), 'checkout has no build.codepipeline'],
  ])('of %s', (_, changes, config, reason) => {
    const { starts, reasons } = decide(pushed(changes), config);
    expect(starts).toEqual([]);
    expect(reasons.join('; ')).toBe(reason);
  });
});

test('a service of the repository that is switched off is refused, whatever the branch', () => {
  const config = configured({ checkout: { ...service('checkout'), team: 'nobody' }, cart: service('cart') });
  const { refused, starts } = decide(pushed(), config);
  expect(refused.map(({ name }) => name)).toEqual(['checkout']);
  expect(starts.map(({ pipeline }) => pipeline)).toEqual(['cart']);
  expect(decide(pushed({ source: 'https://github.com/acme/other' }), config).refused).toEqual([]);
});

test('the order in which services are configured changes neither what is started nor its tokens', () => {
  const names = ['checkout', 'cart', 'web', 'ledger'];
  const all = Object.fromEntries(names.map((name, index) => [name, service(index < 2 ? 'shop' : name)]));
  const tokens = (order: readonly string[]) => {
    const { starts } = decide(pushed(), configured(Object.fromEntries(order.map((name) => [name, all[name]]))));
    return starts.map(({ token, services }) => [token, ...services.map(({ name }) => name).sort()]).sort();
  };
  fc.assert(
    fc.property(fc.shuffledSubarray(names, { minLength: names.length }), (order) => {
      expect(tokens(order)).toEqual(tokens(names));
    }),
  );
});
