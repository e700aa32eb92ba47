import { PushDeclined } from './clone/exchange.ts';
import type { Result, Wish } from './intent.ts';

/** So many services that were declined by themselves, and none that was taken: whatever the rest is, it will be, too. */
const enough = 4;

type Write = (wishes: readonly Wish[]) => Promise<Result[]>;

/**
 * Writes wishes together, and by halves where a hook declines that: so one service, whose commit breaks a rule of the
 * server, holds no other up. `write` throws `PushDeclined` for several services, and answers `declined` for one.
 */
export const writeApart = async (wishes: readonly Wish[], write: Write): Promise<Result[]> => {
  const results = new Map<Wish, Result>();
  const declined: Result[] = [];
  let taken = false;

  const writeSome = async (services: readonly (readonly Wish[])[]): Promise<void> => {
    const some = services.flat();
    const [last] = declined.slice(enough - 1);
    if (!taken && last !== undefined) {
      for (const wish of some) results.set(wish, last);
      return;
    }
    try {
      const written = await write(some);
      for (const [at, wish] of some.entries()) {
        const result = written[at];
        if (result !== undefined) results.set(wish, result);
      }
      const refusal = written.find(({ outcome }) => outcome === 'declined');
      if (refusal === undefined) taken = true;
      else declined.push(refusal);
    } catch (error) {
      if (!(error instanceof PushDeclined) || services.length < 2) throw error;
      const half = Math.ceil(services.length / 2);
      await writeSome(services.slice(0, half));
      await writeSome(services.slice(half));
    }
  };

  await writeSome([...Map.groupBy(wishes, ({ service }) => service).values()]);
  return wishes.flatMap((wish) => results.get(wish) ?? []);
};
