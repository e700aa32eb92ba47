import { describe, expect, test } from 'vitest';
import type { AnyEvent } from '#events/event.ts';
import { carryOut, emit, skip } from '#shared/handlers/outcome.ts';
import { examples, push } from '../../events/examples.ts';

const never = new AbortController().signal;

/** Remembers what each call published. */
const createFakePublish = () => {
  const calls: string[][] = [];
  const publish = async (events: readonly AnyEvent[], signal: AbortSignal): Promise<void> => {
    if (signal !== never) throw new Error('fake: another signal');
    calls.push(events.map(({ id }) => id));
  };
  return { calls, publish };
};

describe('an outcome', () => {
  test('of events is published at once, and summed up by their ids', async () => {
    const { calls, publish } = createFakePublish();
    const ids = examples.map(({ id }) => id);
    expect(await carryOut(Promise.resolve(emit(...examples)), publish, never)).toEqual({ published: ids });
    expect(calls).toEqual([ids]);
  });

  test('of nothing publishes nothing, and says why where a reason is given', async () => {
    const { calls, publish } = createFakePublish();
    expect(await carryOut(Promise.resolve(skip('a draft')), publish, never)).toEqual({
      published: [],
      skipped: 'a draft',
    });
    expect(await carryOut(Promise.resolve(emit()), publish, never)).toEqual({ published: [] });
    expect(calls).toEqual([]);
  });

  test('that is yielded is published event by event, each before the next is made', async () => {
    const { calls, publish } = createFakePublish();
    const before: number[] = [];
    const run = async function* () {
      before.push(calls.length);
      yield push;
      before.push(calls.length);
      yield push;
      return undefined;
    };
    expect(await carryOut(run(), publish, never)).toEqual({ published: [push.id, push.id] });
    expect(before).toEqual([0, 1]);
  });

  test('fails where the publishing does', async () => {
    const failing = async () => {
      throw new Error('the bus is away');
    };
    await expect(carryOut(Promise.resolve(emit(push)), failing, never)).rejects.toThrow('the bus is away');
    expect(await carryOut(Promise.resolve(skip('x')), failing, never)).toMatchObject({ skipped: 'x' });
  });
});
