import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { AnyEvent } from '#events/event.ts';
import { Upstream } from '#shared/handlers/errors.ts';
import type { Answer } from './ask.ts';
import type { View } from './blocks.ts';
import type { Posted, Posting } from './posting.ts';
import type { MessageRecord, Records } from './records.ts';
import type { Slack } from './slack.ts';

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

/** A message that says what is true, and the events that make it so. */
export interface Kept {
  readonly message: Posted;
  readonly chain: readonly AnyEvent[];
}

type Draw = (chain: readonly AnyEvent[]) => View;

interface Drawn {
  readonly chain: readonly AnyEvent[];
  readonly view: View;
  readonly hash: string;
}

/** `again`: look once more; `busy`: after a moment; `wait`: after these seconds. */
type Step = Kept | 'gone' | 'updated' | 'again' | 'busy' | { readonly wait: number };

/** Slack's codes for what a person deleted: the message itself, or the one whose thread it should be in. */
const deleted = ['message_not_found', 'thread_not_found'];

/** An attempt carries when it is over at the latest, so that a crashed one does not stay in the way for ever. */
const attemptOf = (event: string, until: number): string => `${until}/${event}/${randomUUID()}`;

const isOver = (attempt: string, now: number): boolean => Number(attempt.split('/')[0]) < now;

const unsuccessful = (answer: Exclude<Answer<unknown>, { done: unknown }>): 'gone' | { readonly wait: number } => {
  if ('wait' in answer) return { wait: answer.wait };
  if (deleted.includes(answer.code)) return 'gone';
  throw answer.refused;
};

/**
 * Brings one posting up to date: it is there exactly once, and in the end what is drawn of all events, however many do this at
 * once and wherever they crash. It is over only when the chain, read after the last act, still gives what is shown. `gone`:
 * somebody deleted it.
 */
export const createKeeper = ({ chain: read, records, slack, now, pace }: Dependencies) => {
  const drawn = async (posting: Posting, draw: Draw): Promise<Drawn> => {
    const chain = await read(posting.chain);
    const view = draw(chain);
    return { chain, view, hash: createHash('sha256').update(JSON.stringify(view)).digest('hex') };
  };

  /** Posts under a claim. A claim taken over from who vanished means that a message may be there already. */
  const post = async (posting: Posting, draw: Draw, event: string): Promise<Step> => {
    const by = attemptOf(event, now() + pace.lease);
    const claim = await records.claim(posting, by, now(), now() + pace.lease);
    if (claim === undefined) return 'busy';
    if (claim.since !== undefined) {
      const search = await slack.find(posting, claim.since);
      if (!('done' in search)) {
        await records.release(posting, by, false);
        return unsuccessful(search);
      }
      if (search.done) {
        await records.posted(posting, by, search.done);
        return 'again';
      }
    }
    const { view, hash } = await drawn(posting, draw);
    const answer = await slack.post(posting, view);
    if ('done' in answer) {
      await records.posted(posting, by, answer.done, hash);
      return 'again';
    }
    await records.release(posting, by, true);
    return unsuccessful(answer);
  };

  /** Updates, and records what is shown only if nobody else's update can have come in between. */
  const update = async (
    posting: Posting,
    attempt: string,
    { view, hash }: Drawn,
    message: Posted,
    seen: MessageRecord,
  ): Promise<Step> => {
    const answer = await slack.update(posting, message, view);
    if (!('done' in answer)) {
      await records.retire(posting, attempt, false);
      return unsuccessful(answer);
    }
    const alone = seen.pending.every((other) => isOver(other, now()));
    const over = [...seen.pending, attempt];
    const certain = alone && (await records.finish(posting, over, seen.attempts + 1, hash));
    if (!certain) await records.retire(posting, attempt, true);
    return 'updated';
  };

  const rest = async (milliseconds: number, posting: Posting, signal: AbortSignal): Promise<void> => {
    try {
      await pause(milliseconds, undefined, { signal });
    } catch (cause) {
      throw outOfTime(posting, cause);
    }
  };

  return async (posting: Posting, draw: Draw, event: string, signal: AbortSignal): Promise<Kept | 'gone'> => {
    let patience = pace.patience;
    let mine: string | undefined;
    const waitedFor = new Set<string>();

    const step = async (): Promise<Step> => {
      const record = await records.read(posting);
      if (record.message === undefined) return post(posting, draw, event);
      const others = record.pending.filter((other) => !isOver(other, now()) && !waitedFor.has(other));
      if (others.length > 0 && patience > 0 && mine === undefined) return 'busy';

      const { message } = record;
      const current = await drawn(posting, draw);
      const kept = { message, chain: current.chain };
      if (record.shown === current.hash && record.pending.length === 0) return kept;
      // Who crossed this with something older finds out as this does, by drawing again; if it crashed, by its retry.
      if (mine === current.hash) return kept;
      for (const other of others) waitedFor.add(other);
      patience = pace.patience;

      const attempt = attemptOf(event, now() + pace.lease);
      if (!(await records.begin(posting, attempt, record))) return 'again';
      const done = await update(posting, attempt, current, message, record);
      mine = done === 'updated' ? current.hash : undefined;
      return done;
    };

    for (;;) {
      if (signal.aborted) throw outOfTime(posting);
      const done = await step();
      if (done === 'gone') return done;
      if (done === 'busy') {
        if (patience <= 0)
          throw new Upstream(`Another notifier is about to post for ${posting.service}. It is retried.`);
        patience -= pace.pause;
        await rest(pace.pause * (0.5 + Math.random()), posting, signal);
      } else if (typeof done === 'object') {
        if ('message' in done) return done;
        await rest(done.wait * 1000, posting, signal);
      }
    }
  };
};

const outOfTime = ({ channel, service }: Posting, cause?: unknown): Upstream =>
  new Upstream(`Time ran out before ${channel} could be told about ${service}. It is retried.`, { cause });
