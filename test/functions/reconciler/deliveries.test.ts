import { expect, test } from 'vitest';
import { createSendAgain } from '#functions/reconciler/deliveries.ts';
import type { Step } from '#functions/reconciler/walk.ts';
import type { Hook } from '#shared/clients/github/hooks.ts';

const repository = { api: 'https://api.github.com', owner: 'acme', repo: 'shop' };
const at = (host: string, id: number): Hook => ({ id, url: `https://${host}/webhooks/github` });
const ours = at('a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com', 1);
const staging = at('z9y8x7w6v5.execute-api.eu-west-1.amazonaws.com', 2);
const other: Hook = { id: 3, url: 'https://ci.acme.example/hook' };

/** The webhook whose deliveries are listed, if any. */
const listed = async (hooks: Hook[]): Promise<number | undefined> => {
  let asked: number | undefined;
  const sendAgain = createSendAgain({
    open: () => ({
      all: async () => hooks,
      attempts: async ({ id }) => {
        asked = id;
        return { attempts: [], complete: true };
      },
      sendAgain: () => {
        throw new Error('fake: nothing is lost');
      },
    }),
    apiId: 'a1b2c3d4e5',
    now: 0,
  });
  const steps: Step[] = [];
  for await (const step of sendAgain(repository)) steps.push(step);
  expect(steps).toEqual(asked === undefined ? [{ notAsked: expect.stringContaining('acme/shop has no webhook') }] : []);
  return asked;
};

test.each<[string, Hook[], number | undefined]>([
  ['that is the only one to a Fairlead, whatever domain it names', [other, at('fairlead.acme.example', 4)], 4],
  ['to this stage’s API, of several', [staging, ours], 1],
  ['is none where several tell other stages', [staging, at('fairlead.acme.example', 4)], undefined],
  ['is none where nothing tells a Fairlead', [other], undefined],
])('the webhook %s', async (_, hooks, expected) => {
  expect(await listed(hooks)).toBe(expected);
});
