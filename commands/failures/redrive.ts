import type { Message } from '@aws-sdk/client-sqs';
import type { Stage } from '../aws/connect.ts';
import { Failure } from '../failure.ts';
import { confirm } from '../terminal/confirm.ts';
import { type Session, say } from '../terminal/session.ts';
import { plain } from '../words.ts';
import { leaseSeconds } from './failure-queue.ts';
import { failedLines, messages, unreadableLines } from './present.ts';
import { type Failed, readFailed } from './read-failed.ts';
import { redrivenEvent } from './redriven.ts';
import { failureQueueOf } from './target.ts';

export interface Redriving {
  readonly stage: string;
  readonly function?: string | undefined;
  readonly max: number;
  readonly 'dry-run': boolean;
  readonly actor?: string | undefined;
  readonly yes: boolean;
}

/** More than this nobody reads through; it is only reached where `--function` passes others over. */
const mostRead = 1000;

/** Kept of the lease, so that nothing is sent that may be somebody else's by then. Seconds. */
const margin = 60;

type Taken = readonly { readonly held: Message; readonly failed: Failed }[];

const ask = async (count: number, actor: string, session: Session): Promise<boolean> =>
  confirm(`Send ${count === 1 ? 'it' : `these ${count}`} again, as ${actor}?`, session);

/** Sends each on, tells the log, and only then deletes it; gives those that are done. */
const sendAll = async (
  taken: Taken,
  { stage, actor, until, session }: { stage: Stage; actor: string; until: number; session: Session },
): Promise<Set<Message>> => {
  const done = new Set<Message>();
  for (const { held, failed } of taken) {
    const name = `${failed.target.short} (${failed.message})`;
    if (Date.now() > until) {
      say(session.stderr, `${name}: the time is up in which it is kept from others. Call this again.`);
      continue;
    }
    try {
      await stage.failures.sendBack(failed);
      const event = redrivenEvent(failed, { name: actor, by: 'command' }, Date.now());
      if (event !== undefined) await stage.publish(event);
      await stage.failures.remove(held);
      done.add(held);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      say(session.stderr, `${name} stays in the queue: ${error.message}`);
    }
  }
  return done;
};

const read = (held: readonly Message[], { stage, function: only, max }: Redriving) => {
  const all = held.map((message) => ({ held: message, found: readFailed(message, stage) }));
  const unreadable = all.flatMap(({ found }) => ('unreadable' in found ? [found] : []));
  const readable: Taken = all.flatMap(({ held, found }) => ('unreadable' in found ? [] : [{ held, failed: found }]));
  const wanted = readable
    .filter(({ failed }) => only === undefined || failed.target.short === only)
    .sort((one, other) => Date.parse(one.failed.since) - Date.parse(other.failed.since));
  const known = [...new Set(readable.map(({ failed }) => failed.target.short))].sort();
  return { unreadable, wanted: wanted.slice(0, max), passedOver: readable.length - wanted.length, known };
};

const nothing = async (stage: Stage, name: string): Promise<string[]> => {
  const inHands = await stage.failures.inHands();
  if (inHands === 0) return [`${name} is empty.`];
  return [
    `There is nothing to take in ${name}. Somebody has ${messages(inHands)} in hand, for ${leaseSeconds / 60} minutes at most.`,
  ];
};

/** Says what lies in the failure queue and where each will go, asks, and sends it there again. Gives the exit code. */
export const redrive = async (wanted: Redriving, session: Session, open: () => Promise<Stage>): Promise<number> => {
  const { yes, 'dry-run': dryRun } = wanted;
  if (!yes && !dryRun && !session.stdin.isTTY) {
    throw new Failure('Nobody can be asked here, for there is no terminal. Add --yes, or --dry-run to look only.', {
      code: 2,
    });
  }
  const stage = await open();
  const name = failureQueueOf(wanted.stage);
  const now = Date.now();
  const until = now + (leaseSeconds - margin) * 1000;
  const held = await stage.failures.take(wanted.function === undefined ? wanted.max : mostRead);
  let done = new Set<Message>();
  try {
    if (held.length === 0) {
      say(session.stdout, ...(await nothing(stage, name)));
      return 0;
    }
    const found = read(held, wanted);
    for (const { failed } of found.wanted) say(session.stdout, ...failedLines(failed, now), '');
    for (const one of found.unreadable) say(session.stdout, ...unreadableLines(one), '');
    if (found.passedOver > 0) {
      say(session.stdout, `${messages(found.passedOver)} of others passed over. There are: ${found.known.join(', ')}.`);
    }
    if (found.wanted.length === 0) {
      say(session.stdout, 'There is nothing here to send again.');
      return found.unreadable.length > 0 ? 1 : 0;
    }
    if (dryRun) {
      say(session.stdout, `${messages(found.wanted.length)} would be sent again. Nothing was changed.`);
      return 0;
    }
    const actor = plain(wanted.actor ?? (await stage.caller())).slice(0, 100);
    if (!yes && !(await ask(found.wanted.length, actor, session))) {
      say(session.stdout, 'Nothing was done.');
      return 1;
    }
    done = await sendAll(found.wanted, { stage, actor, until, session });
    say(
      session.stdout,
      `${messages(done.size)} of ${found.wanted.length} sent again. What fails again comes back here.`,
    );
    return done.size === found.wanted.length ? 0 : 1;
  } finally {
    await stage.failures.release(held.filter((message) => !done.has(message)));
  }
};
