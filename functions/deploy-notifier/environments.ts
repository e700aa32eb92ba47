import type { AnyEvent } from '#events/event.ts';
import { syncRequested } from '#events/images.ts';
import { incidentDetected, incidentResolved, serviceRemoved } from '#events/services.ts';
import { only, timeOf } from './known.ts';
import { type Rollout, rolloutsOf } from './rollout.ts';
import { phasesByRun } from './runs.ts';

export interface Sync {
  readonly state: 'requested' | 'running' | 'done' | 'failed';
  readonly at: number;
  readonly errors: string | undefined;
}

/** From the one that wants a person most to the one that wants nobody. */
export const environmentStates = [
  'unhealthy',
  'out-of-sync',
  'refused',
  'removed',
  'on-its-way',
  'in-git',
  'syncing',
  'observed',
  'healthy',
] as const;

export type EnvironmentState = (typeof environmentStates)[number];

/** An environment as this delivery sees it. Times in milliseconds. */
export interface Environment {
  readonly name: string;
  readonly state: EnvironmentState;
  readonly since: number;
  readonly rollouts: readonly Rollout[];
  readonly sync: Sync | undefined;
  /** What is wrong now. */
  readonly incidents: readonly { readonly description: string; readonly at: number }[];
  /** When the last of its incidents ended. */
  readonly recovered: number | undefined;
  readonly removed: number | undefined;
}

/** A sync that names no environment is this one's if it went to a commit of ours. */
const syncOf = (events: readonly AnyEvent[], environment: string, rollouts: readonly Rollout[]): Sync | undefined => {
  const revisions = rollouts.flatMap(({ commit }) => commit?.revision ?? []);
  const runs = phasesByRun(events, 'syncs')
    .flatMap((phases) => phases.at(-1) ?? [])
    .filter(({ event }) =>
      event.environment === undefined
        ? revisions.includes(event.data.customData.revision ?? '')
        : event.environment === environment,
    )
    .sort((a, b) => timeOf(a.event) - timeOf(b.event));
  const latest = [...new Map(runs.map((run) => [run.event.data.customData.application ?? '', run])).values()];
  const requested = only(syncRequested, events).filter(
    (event) => event.data.subject.content.environment.id === environment,
  );
  const last = Math.max(...latest.map(({ event }) => timeOf(event)), ...requested.map(timeOf));

  const failed = latest.find(({ state }) => state === 'failure' || state === 'error');
  if (failed) {
    const { content } = failed.event.data.subject;
    return { state: 'failed', at: timeOf(failed.event), errors: 'errors' in content ? content.errors : undefined };
  }
  if (latest.some(({ state }) => state === 'running')) return { state: 'running', at: last, errors: undefined };
  if (latest.some(({ state }) => state === 'success')) return { state: 'done', at: last, errors: undefined };
  return requested.length > 0 ? { state: 'requested', at: last, errors: undefined } : undefined;
};

/** An incident lasts until it is resolved, or until everything was seen healthy after it. */
const incidentsOf = (events: readonly AnyEvent[], environment: string, healthyAt: number) => {
  const isHere = (event: { data: { subject: { content: { environment: { id: string } } } } }): boolean =>
    event.data.subject.content.environment.id === environment;
  const resolved = only(incidentResolved, events).filter(isHere);
  const detected = only(incidentDetected, events).filter(isHere);
  const open = detected.filter(
    (event) =>
      timeOf(event) > healthyAt &&
      !resolved.some(({ subject, time }) => subject === event.subject && Date.parse(time) >= timeOf(event)),
  );
  const latest = [...new Map(open.map((event) => [event.subject, event])).values()];
  return {
    incidents: latest.map((event) => ({ description: event.data.subject.content.description, at: timeOf(event) })),
    recovered: open.length === 0 ? resolved.map(timeOf).at(-1) : undefined,
  };
};

const stateOf = (parts: Omit<Environment, 'name' | 'state' | 'since'>): EnvironmentState => {
  const { rollouts, sync, incidents, removed } = parts;
  const is = (stage: Rollout['stage']) => (rollout: Rollout) => rollout.stage === stage;
  if (removed !== undefined) return 'removed';
  if (incidents.length > 0) return 'unhealthy';
  if (rollouts.some(is('refused'))) return 'refused';
  if (rollouts.length > 0 && rollouts.every(is('healthy'))) return 'healthy';
  if (sync?.state === 'failed') return 'out-of-sync';
  if (sync && sync.state !== 'requested') return 'syncing';
  if (rollouts.some(is('committed'))) return 'in-git';
  return rollouts.some(is('proposed')) ? 'observed' : 'on-its-way';
};

const namesOf = (events: readonly AnyEvent[], rollouts: readonly Rollout[]): string[] => {
  const troubled = [
    ...only(incidentDetected, events),
    ...only(incidentResolved, events),
    ...only(serviceRemoved, events),
  ];
  return [
    ...new Set([
      ...rollouts.map(({ environment }) => environment),
      ...troubled.map(({ data }) => data.subject.content.environment.id),
    ]),
  ];
};

const environmentOf = (name: string, events: readonly AnyEvent[], all: readonly Rollout[]): Environment => {
  const rollouts = all.filter(({ environment }) => environment === name);
  const healthy = rollouts.every(({ stage }) => stage === 'healthy');
  const healthyAt = healthy ? Math.max(...rollouts.map(({ at }) => at)) : Number.NEGATIVE_INFINITY;
  const removals = only(serviceRemoved, events).filter(({ data }) => data.subject.content.environment.id === name);
  const parts = {
    rollouts,
    sync: syncOf(events, name, rollouts),
    ...incidentsOf(events, name, healthyAt),
    removed: removals.map(timeOf).findLast((at) => at >= healthyAt),
  };
  const since = Math.min(...rollouts.map((rollout) => rollout.since), ...parts.incidents.map(({ at }) => at));
  return { name, since, state: stateOf(parts), ...parts };
};

/** The environments that this delivery goes to, in the order in which it reached them. */
export const environmentsOf = (events: readonly AnyEvent[]): Environment[] => {
  const rollouts = rolloutsOf(events);
  return namesOf(events, rollouts)
    .map((name) => environmentOf(name, events, rollouts))
    .sort((a, b) => a.since - b.since || (a.name < b.name ? -1 : 1));
};
