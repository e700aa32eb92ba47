import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { AnyEvent } from '#events/event.ts';
import type { Pushed } from '#local/delivery.ts';
import { type LockedTarget, lockPath, parseLock, targetOf } from '#shared/gitops/lock.ts';
import type { Trial } from '../trial.ts';

/** Where an act plays. */
export type Stage = Pick<Trial, 'fairlead' | 'witness' | 'push' | 'barrier' | 'skipped'>;

/** Something that happens in rounds, and how it must end. After each round everything comes to rest. */
export interface Act {
  readonly rounds: readonly (() => Promise<void> | void)[];
  /** What is wrong in the end, each in a sentence. */
  problems(): Promise<readonly string[]>;
}

const execute = promisify(execFile);

/** Types a command as Slack shows it. Where the bus is overloaded, a person tries again. */
export const type = async ({ fairlead }: Pick<Stage, 'fairlead'>, command: string): Promise<void> => {
  const { endpoint, model } = fairlead.cloud;
  const access = { AWS_REGION: model.region, AWS_ACCESS_KEY_ID: 'operator', AWS_SECRET_ACCESS_KEY: 'operator' };
  const [npm = '', ...args] = [...command.split(' '), '--yes'];
  const once = () => execute(npm, args, { env: { ...process.env, ...access, AWS_ENDPOINT_URL: endpoint } });
  await once().catch(once).catch(once);
};

/** What a test sees of one service in the environment where it is. */
export const createView = (stage: Stage, service: string) => {
  const { fairlead, witness } = stage;
  const environment = fairlead.config.services.find(({ name }) => name === service)?.environments[0];
  const ofChain = ({ chain }: Pushed): AnyEvent[] =>
    witness.events.filter((event) => event.service === service && event.data.context.chainId === chain);
  const messageOf = ({ chain }: Pushed) =>
    fairlead.slack
      .messages()
      .find(({ metadata }) => metadata?.event_payload.chain === chain && metadata.event_payload.service === service);

  return {
    ofChain,
    lock: async (): Promise<LockedTarget | undefined> => {
      const path = lockPath({ service, environment: environment?.name ?? '' });
      const content = await fairlead.gitops
        .get(environment?.gitops ?? '')
        ?.read(path)
        .catch(() => undefined);
      return content && targetOf(parseLock(path, content), 'app');
    },
    /** Everything that the thread of a delivery says, as one text. */
    thread: (pushed: Pushed): string =>
      JSON.stringify(messageOf(pushed)?.replies.map(({ text, blocks }) => [text, blocks])),
    /** That the message of a delivery says this. */
    says: (pushed: Pushed, what: RegExp): string[] => {
      const text = messageOf(pushed)?.text ?? 'nothing';
      return what.test(text) ? [] : [`Slack says "${text}", and not ${what}`];
    },
  };
};

export type View = ReturnType<typeof createView>;

/** `what` is not so. */
export const unless = (isSo: boolean, what: string): string[] => (isSo ? [] : [what]);

/** That what runs is the image of this commit. */
export const runs = async (view: View, { service, commit }: Pushed): Promise<string[]> => {
  const tag = (await view.lock())?.current.tag;
  return unless(tag === `main-${commit}`, `${service.name} ends with ${tag}, and not with main-${commit}`);
};

/** Plays acts side by side, and lets everything come to rest after each round; gives what is wrong in the end. */
export const play = async (acts: readonly Act[], settle: () => Promise<void>): Promise<string[]> => {
  const rounds = Math.max(...acts.map((act) => act.rounds.length));
  for (let round = 0; round < rounds; round += 1) {
    for (const act of acts) await act.rounds[round]?.();
    await settle();
  }
  return (await Promise.all(acts.map((act) => act.problems()))).flat();
};
