import type { Fairlead, FairleadOptions } from '#local/fairlead.ts';
import type { Delivery } from '#local/standins/github/hook.ts';
import type { Fault } from '#local/standins/slack/faults.ts';
import { createBarriers } from './barriers.ts';
import type { Plan, PlannedPush, SlackTrouble } from './plan.ts';

/** What really went wrong: a test that nothing happened to proves nothing. */
export interface Tally {
  crashes: string[];
  duplicates: number;
  rejections: number;
  slack: number;
  notifications: number;
  webhooks: number;
}

const slackFaults: Readonly<Record<SlackTrouble, Fault>> = {
  'rate-limited': { kind: 'rate-limited', retryAfter: 1 },
  status: { kind: 'status', status: 500 },
  refused: { kind: 'error', error: 'internal_error' },
  'answer-lost': { kind: 'answer-lost' },
  late: { kind: 'late', milliseconds: 300 },
};

const countedBy = () => {
  const counts = new Map<string, number>();
  return (key: string): number => {
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count;
  };
};

/** Everything that a plan spoils, at the places where the local Fairlead lets things be spoilt. */
export const createTroubles = ({ build }: { readonly build: number }) => {
  const tally: Tally = { crashes: [], duplicates: 0, rejections: 0, slack: 0, notifications: 0, webhooks: 0 };
  let plan: Plan | undefined;
  let pushing: PlannedPush | undefined;
  let next = countedBy();
  const barriers = createBarriers();

  const pick = <Item>(list: readonly Item[] | undefined, key: string): Item | undefined =>
    list?.[next(key) % list.length];

  const faults: NonNullable<FairleadOptions['faults']> = {
    crash: (name, { service, action, phase }) => {
      const short = name.replace(/^fairlead-[^-]+-/, '');
      const call = `${service}:${action}`;
      const nth = next(`${phase} ${short} ${call}`);
      const dies = plan?.crashes.some(
        (one) => one.function === short && one.phase === phase && one.call === call && one.nth === nth,
      );
      if (dies) tally.crashes.push(`${short} ${phase} ${call}`);
      return dies ?? false;
    },
    copies: (...delivery) => {
      if (barriers.keep(...delivery)) return [];
      const copies = pick(plan?.copies, 'delivery') ?? [0];
      tally.duplicates += copies.length - 1;
      return copies;
    },
    reject: ({ Source }) => {
      // Only what a function of ours publishes: AWS's own services put their events until they are taken.
      if (!Source?.startsWith('fairlead.') || !plan?.rejections.includes(next('entry'))) return undefined;
      tally.rejections += 1;
      return { code: 'ThrottlingException', message: 'The rate of entries is over the limit.' };
    },
  };

  const standins: NonNullable<FairleadOptions['standins']> = {
    github: {
      faults: {
        loses: () => pushing?.webhook.fate === 'lost',
        delays: () => pushing?.webhook.delay ?? 0,
      },
    },
    pipelines: { delays: { source: 150, build, push: 50 } },
    argocd: {
      delays: { refresh: 50, sync: 100, rollout: 250, termination: 100, retries: 0.3 },
      faults: {
        notification: () => {
          const fault = pick(plan?.notifications, 'notification');
          if (fault === undefined || fault === 'well') return undefined;
          tally.notifications += 1;
          return fault === 'late' ? { kind: 'late', milliseconds: 600 } : { kind: 'twice' };
        },
      },
    },
    slack: {
      // The limits are tried by name, below; Slack's real ones would only make it slow.
      rateLimit: { post: { burst: 1000, perMinute: 6000 }, update: { burst: 1000, perMinute: 6000 } },
      faults: () => {
        const call = next('slack');
        const found = plan?.slack.find((one) => one.call === call);
        if (found) tally.slack += 1;
        return found && slackFaults[found.trouble];
      },
    },
  };

  return {
    faults,
    standins,
    tally,
    barrier: barriers.raise,
    /** From now on this goes wrong; without a plan nothing does. */
    begin: (planned: Plan | undefined): void => {
      plan = planned;
      next = countedBy();
    },
    /** Whether there is a plan. */
    under: (): boolean => plan !== undefined,
    /** GitHub's button, pressed for webhooks that came already, and a moment later for those that did not. */
    redeliver:
      ({ github }: Fairlead) =>
      ({ id, redelivered, status }: Delivery): void => {
        if (redelivered || (status === 202 && pushing?.webhook.fate !== 'twice')) return;
        tally.webhooks += 1;
        setTimeout(() => github.redeliver(id), status === 202 ? 0 : 700);
      },
    /** For each push in turn. */
    nextPush: (): PlannedPush | undefined => pick(plan?.pushes, 'push'),
    /** The next webhook is of this push. */
    pushing: (push: PlannedPush | undefined): void => {
      pushing = push;
    },
  };
};
