import { type AnyEvent, anyEventSchema, producerOf } from '#events/event.ts';
import { imageCommitted, imageOffered, imageProposed } from '#events/images.ts';
import { taskRunFinished, taskRunStarted } from '#events/pipelines.ts';
import { sentenceOf } from './sentence.ts';

/** A message as it stands in Slack now. */
export interface SlackMessage {
  readonly channel: string;
  readonly ts: string;
  readonly text: string;
}

interface Options {
  readonly write: (line: string) => void;
  /** Milliseconds; only differences count. */
  readonly now: () => number;
}

/** Steps inside a build are its own affair: of them only the ends of stages are told. */
const isTold = (event: AnyEvent): boolean =>
  !taskRunStarted.is(event) && (!taskRunFinished.is(event) || event.data.customData.kind === 'stage');

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`.padStart(8);

const indented = (text: string, margin: string): string[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => `${margin}${line}`);

const diffOf = (event: AnyEvent): string =>
  imageCommitted.is(event) || imageOffered.is(event) || imageProposed.is(event) ? event.data.customData.diff : '';

/**
 * Tells what a newcomer watches: each step with the time since its push, the function that made it and how long that took.
 * It knows the bus, how long functions ran, and what Slack shows, and nothing else.
 */
export const createStory = ({ write, now }: Options) => {
  const begins = new Map<string, number>();
  const untold = new Map<string, { event: AnyEvent; at: number }[]>();
  const told = new Set<string>();
  const shown = new Map<string, string>();

  const tell = (event: AnyEvent, at: number, took: string): void => {
    write(`${seconds(at)}  ${producerOf(event).padEnd(20)}${took.padStart(8)}  ${sentenceOf(event)}`);
    for (const line of indented(diffOf(event), ' '.repeat(42))) if (line.trim() !== '') write(line);
  };

  return {
    /** An event was put on the bus. It is told when its function has ended, so that the line can say how long that took. */
    happened: (detail: unknown): void => {
      const { success, data: event } = anyEventSchema.safeParse(detail);
      if (!success || told.has(event.id) || !isTold(event)) return;
      told.add(event.id);
      const { chainId } = event.data.context;
      begins.set(chainId, begins.get(chainId) ?? now());
      const line = { event, at: now() - (begins.get(chainId) ?? 0) };
      untold.set(producerOf(event), [...(untold.get(producerOf(event)) ?? []), line]);
    },
    /** A function ended, after so many milliseconds of its own. */
    ended: (functionName: string, milliseconds: number): void => {
      for (const { event, at } of untold.get(functionName) ?? []) tell(event, at, `${milliseconds.toFixed(0)} ms`);
      untold.delete(functionName);
    },
    /** A message was posted or changed. */
    slack: ({ channel, ts, text }: SlackMessage): void => {
      const key = `${channel} ${ts}`;
      if (shown.get(key) === text) return;
      write(
        `${' '.repeat(10)}${shown.has(key) ? 'Slack, changed:' : 'Slack, posted: '} #${channel.replace(/^#/, '')}  ${text}`,
      );
      shown.set(key, text);
    },
  };
};
