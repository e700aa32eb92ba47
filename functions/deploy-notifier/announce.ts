import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { AnyEvent } from '#events/event.ts';
import { Upstream } from '#shared/handlers/errors.ts';
import type { Notice } from './decide.ts';
import type { MessageRecord, Records } from './records.ts';
import type { Answer, Posted, Slack } from './slack.ts';
import { type View, viewOf } from './view.ts';

/** In milliseconds. */
export interface Pace {
  /** Longer than a function may run: who held a claim that ran out is gone, and so is what it sent. */
  readonly lease: number;
  /** How long to wait for another notifier that is at the same message, and how often to look. */
  readonly patience: number;
  readonly pause: number;
}

interface Dependencies {
  /** A chain's events, read consistently. */
  chain: (id: string) => Promise<readonly AnyEvent[]>;
  records: Records;
  slack: Slack;
  now: () => number;
  pace: Pace;
}

/** `again`: look once more; `busy`: after a moment; `wait`: after these seconds. */
type Step = 'told' | 'gone' | 'updated' | 'again' | 'busy' | { readonly wait: number };

/** An attempt carries when it is over at the latest, so that a crashed one does not stay in the way for ever. */
const attemptOf = (event: string, until: number): string => `${until}/${event}/${randomUUID()}`;

const isOver = (attempt: string, now: number): boolean => Number(attempt.split('/')[0]) < now;

const unsuccessful = (answer: Exclude<Answer<unknown>, { done: unknown }>): Step => {
  if ('wait' in answer) return { wait: answer.wait };
  if (answer.code === 'message_not_found') return 'gone';
  throw answer.refused;
};

/**
 * Brings one message up to date: exactly one per chain and service, and in the end the view of all events, however many do
 * this at once and wherever they crash. It is over only when the chain, read after the last act, still gives what is shown.
 * `gone`: somebody deleted the message.
 */
export const createAnnouncer = ({ chain, records, slack, now, pace }: Dependencies) => {
  const draw = async ({ chain: id, service }: Notice): Promise<{ view: View; hash: string }> => {
    const view = viewOf(service, await chain(id));
    return { view, hash: createHash('sha256').update(JSON.stringify(view)).digest('hex') };
  };

  /** Posts under a claim. A claim taken over from who vanished means that a message may be there already. */
  const post = async (notice: Notice, event: string): Promise<Step> => {
    const by = attemptOf(event, now() + pace.lease);
    const claim = await records.claim(notice, by, now(), now() + pace.lease);
    if (claim === undefined) return 'busy';
    if (claim.since !== undefined) {
      const search = await slack.find(notice, claim.since);
      if (!('done' in search)) {
        await records.release(notice, by, false);
        return unsuccessful(search);
      }
      if (search.done) {
        await records.posted(notice, by, search.done);
        return 'again';
      }
    }
    const { view, hash } = await draw(notice);
    const answer = await slack.post(notice, view);
    if ('done' in answer) {
      await records.posted(notice, by, answer.done, hash);
      return 'again';
    }
    await records.release(notice, by, true);
    return unsuccessful(answer);
  };

  /** Updates, and records what is shown only if nobody else's update can have come in between. */
  const update = async (
    notice: Notice,
    attempt: string,
    { view, hash }: { view: View; hash: string },
    message: Posted,
    seen: MessageRecord,
  ): Promise<Step> => {
    const answer = await slack.update(notice, message, view);
    if (!('done' in answer)) {
      await records.retire(notice, attempt, false);
      return unsuccessful(answer);
    }
    const alone = seen.pending.every((other) => isOver(other, now()));
    const over = [...seen.pending, attempt];
    const certain = alone && (await records.finish(notice, over, seen.attempts + 1, hash));
    if (!certain) await records.retire(notice, attempt, true);
    return 'updated';
  };

  const rest = async (milliseconds: number, notice: Notice, signal: AbortSignal): Promise<void> => {
    try {
      await pause(milliseconds, undefined, { signal });
    } catch (cause) {
      throw outOfTime(notice, cause);
    }
  };

  return async (notice: Notice, event: string, signal: AbortSignal): Promise<'told' | 'gone'> => {
    let patience = pace.patience;
    let mine: string | undefined;
    const waitedFor = new Set<string>();

    const step = async (): Promise<Step> => {
      const record = await records.read(notice);
      if (record.message === undefined) return post(notice, event);
      const others = record.pending.filter((other) => !isOver(other, now()) && !waitedFor.has(other));
      if (others.length > 0 && patience > 0 && mine === undefined) return 'busy';

      const drawn = await draw(notice);
      if (record.shown === drawn.hash && record.pending.length === 0) return 'told';
      // Who crossed this with something older finds out as this does, by drawing again; if it crashed, by its retry.
      if (mine === drawn.hash) return 'told';
      for (const other of others) waitedFor.add(other);
      patience = pace.patience;

      const attempt = attemptOf(event, now() + pace.lease);
      if (!(await records.begin(notice, attempt, record))) return 'again';
      const done = await update(notice, attempt, drawn, record.message, record);
      mine = done === 'updated' ? drawn.hash : undefined;
      return done;
    };

    for (;;) {
      if (signal.aborted) throw outOfTime(notice);
      const done = await step();
      if (done === 'told' || done === 'gone') return done;
      if (done === 'busy') {
        if (patience <= 0)
          throw new Upstream(`Another notifier is about to post for ${notice.service}. It is retried.`);
        patience -= pace.pause;
        await rest(pace.pause * (0.5 + Math.random()), notice, signal);
      } else if (typeof done === 'object') await rest(done.wait * 1000, notice, signal);
    }
  };
};

const outOfTime = ({ channel, service }: Notice, cause?: unknown): Upstream =>
  new Upstream(`Time ran out before ${channel} could be told about ${service}. It is retried.`, { cause });
