import { createHash } from 'node:crypto';
import type { AnyEvent, EventOf } from '#events/event.ts';
import { imageCommitted, type imageRequested } from '#events/images.ts';
import { createHandler as createEventLog } from '#functions/event-log/handler.ts';
import { createHandler as createUpdater } from '#functions/image-tag-updater/handler.ts';
import { createHandler as createTrigger } from '#functions/rollback-trigger/handler.ts';
import type { Deliveries } from '#shared/deliveries/deliveries.ts';
import { describe as describeChange } from '#shared/gitops/apply.ts';
import { isHold, type Result, type Wish } from '#shared/gitops/intent.ts';
import { lockPath, parseLock, targetOf } from '#shared/gitops/lock.ts';
import { planCommits } from '#shared/gitops/plan.ts';
import type { Snapshot } from '#shared/gitops/snapshot.ts';
import { batchOf, manifest, manifestOf } from '../image-tag-updater/gitops.ts';
import { noPullRequests } from '../image-tag-updater/pull-requests.ts';
import { at, configOf, deployed, fromBus, incident, type Place, tested } from './deployment.ts';
import { context, runtimeOf } from './runtime.ts';

type Consumer = 'event-log' | 'rollback-trigger' | 'image-tag-updater';

/** What is on its way to a consumer. */
interface Delivery {
  readonly to: Consumer;
  readonly event: AnyEvent;
}

/** The writer's results over a repository in memory: no push is ever rejected, and no commit forgotten. */
const createMemoryGit = (service: string, clock: () => number) => {
  let snapshot: Snapshot = {
    entries: new Map([[manifest(service), { mode: '100644', id: 'manifest' }]]),
    contents: new Map([[manifest(service), Buffer.from(manifestOf(service, { app: 0 }))]]),
  };
  const results = new Map<string, Result>();
  const commits: { readonly events: readonly string[]; readonly subject: string }[] = [];

  const write = async (wishes: readonly Wish[]): Promise<Result[]> => {
    const plan = planCommits(wishes, snapshot);
    for (const { message } of plan.commits)
      commits.push({
        events: message.match(/(?<=^Fairlead-Event: ).*$/gm) ?? [],
        subject: message.split('\n')[0] ?? '',
      });
    const revision = createHash('sha1').update(String(commits.length)).digest('hex');
    const committedAt = at(clock());
    snapshot = plan.after;
    return wishes.map((wish, index): Result => {
      const settled = plan.settled[index];
      if (settled === undefined || isHold(wish)) throw new Error('fake: the simulation has no holds by people');
      if (settled.settled === 'result') return settled.result;
      if (settled.settled === 'commit') {
        const { before, after } = settled.commit;
        const result = { outcome: 'committed' as const, revision, committedAt, ...describeChange(wish, before, after) };
        results.set(wish.event, result);
        return result;
      }
      const first = results.get(settled.event ?? '');
      if (settled.done && first) return first;
      return {
        outcome: 'unchanged',
        revision: first && 'revision' in first ? first.revision : revision,
        committedAt: first && 'committedAt' in first ? first.committedAt : committedAt,
        ...describeChange(wish, snapshot, snapshot),
      };
    });
  };

  return {
    write,
    commits,
    tag: () => /newTag: (.*)/.exec(snapshot.contents.get(manifest(service))?.toString() ?? '')?.[1],
    locked: () => {
      const content = snapshot.contents.get(lockPath({ service, environment: 'staging' }));
      return content && targetOf(parseLock('lock', content), 'app');
    },
  };
};

interface Options {
  readonly deliveries: Deliveries;
  readonly place: Place;
  /** The versions that fail their checks. */
  readonly bad: ReadonlySet<number>;
  /** Any number from zero on: it decides the order, the copies, the crashes. */
  readonly random: () => number;
}

/**
 * The functions of the way back around a real table: everything is delivered one to three times, in any order, and some that
 * did their work die before it is published. Git is in memory, Argo CD and the service are what they should be.
 */
export const simulate = ({ deliveries, place, bad, random }: Options) => {
  const config = configOf({ [place.service]: {} });
  let second = 0;
  const git = createMemoryGit(place.service, () => second);
  const bus: Delivery[] = [];
  const published: AnyEvent[] = [];
  const told = new Set<string>();
  const skipped: string[] = [];

  const consumers: readonly (readonly [Consumer, RegExp])[] = [
    ['event-log', /./],
    ['rollback-trigger', /testsuiterun\.finished|incident\.detected/],
    ['image-tag-updater', /image\.requested/],
  ];

  const put = (event: AnyEvent): void => {
    published.push(event);
    for (const [to, wanted] of consumers)
      if (wanted.test(event.type))
        for (let copies = 1 + (random() % 3); copies > 0; copies -= 1) bus.push({ to, event: fromBus(event) });
    if (imageCommitted.is(event)) rollOut(event);
  };

  /** What Argo CD, the service and its checks do with a commit. Each is told of once. */
  const rollOut = (commit: EventOf<typeof imageCommitted>): void => {
    const { image } = commit.data.subject.content;
    if (told.has(commit.id) || git.tag() !== image.tag) return; // Argo CD goes to what Git holds now
    told.add(commit.id);
    second += 3;
    const fails = bad.has(Number(image.tag.split('-')[1]));
    if (fails && random() % 4 === 0) put(incident(commit, second));
    else {
      const running = deployed(commit, second);
      put(running);
      put(tested(running, second + 20 + (random() % 60), fails ? 'failure' : 'success'));
      if (fails && random() % 3 === 0) put(incident(commit, second + 1));
    }
  };

  const publish = async (events: readonly AnyEvent[]): Promise<void> => {
    if (random() % 6 === 0) throw new Error('fake: the process died before it published');
    events.forEach(put);
    if (random() % 8 === 0) throw new Error('fake: the process died before it recorded that it had');
  };
  const runtime = (name: Consumer) => runtimeOf(name, publish);
  const source = async () => config;
  const eventLog = createEventLog({ runtime: runtime('event-log'), config: source, deliveries });
  const trigger = createTrigger({
    runtime: runtime('rollback-trigger'),
    config: source,
    stage: 'dev',
    deliveries,
    verifiedGrace: 300_000,
    now: () => Date.parse(at(second)),
  });
  let returned = 0;
  const updater = createUpdater({
    runtime: runtime('image-tag-updater'),
    config: source,
    stage: 'dev',
    returnAfter: async () => {
      returned += 1;
    },
    setAside: async () => {
      throw new Error('fake: nothing is set aside');
    },
    ...noPullRequests,
    write: (_gitops, wishes) => git.write(wishes),
  });

  /** True where it must come again. */
  const deliver = async ({ to, event }: Delivery): Promise<boolean> => {
    try {
      if (to === 'event-log') await eventLog({ detail: event }, context);
      else if (to === 'rollback-trigger') {
        const { skipped: reason } = await trigger({ detail: event }, context);
        if (reason !== undefined) skipped.push(reason);
      } else {
        const before = returned;
        await updater(batchOf(event), context);
        return returned > before;
      }
      return false;
    } catch {
      return true;
    }
  };

  return {
    git,
    published,
    skipped,
    /** A version is asked for; what it sets off begins, and other things go on. */
    request: async (event: EventOf<typeof imageRequested>, steps: number): Promise<void> => {
      second = Math.max(second, Math.floor((Date.parse(event.time) - Date.parse(at(0))) / 1000));
      put(event);
      for (let step = 0; step < steps && bus.length > 0; step += 1) await next();
    },
    /** Until nothing is on its way any more. */
    settle: async (): Promise<void> => {
      for (let step = 0; bus.length > 0; step += 1) {
        if (step > 5000) throw new Error('the simulation never comes to rest');
        await next();
      }
    },
  };

  async function next(): Promise<void> {
    const [delivery] = bus.splice(random() % bus.length, 1);
    if (delivery === undefined) return;
    second += 1;
    if (await deliver(delivery)) bus.push(delivery);
  }
};
