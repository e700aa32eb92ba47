import type { AnyEvent } from '#events/event.ts';
import { syncRequested } from '#events/images.ts';
import { incidentDetected, incidentResolved } from '#events/services.ts';
import { only, timeOf } from './known.ts';
import type { Rollout } from './rollout.ts';
import { phasesByRun } from './runs.ts';

export interface Sync {
  readonly state: 'requested' | 'running' | 'done' | 'failed';
  readonly at: number;
  readonly errors: string | undefined;
}

export type LegState =
  | 'unhealthy'
  | 'failed'
  | 'refused'
  | 'out-of-sync'
  | 'unproven'
  | 'on-its-way'
  | 'offered'
  | 'in-git'
  | 'syncing'
  | 'observed'
  | 'verifying'
  | 'healthy'
  | 'verified';

/** The way of a delivery's images into an environment, or the way back. Times in milliseconds. */
export interface Leg {
  readonly state: LegState;
  /** For each target one. */
  readonly rollouts: readonly Rollout[];
  readonly sync: Sync | undefined;
  /** What is wrong now, or was when the way back began. */
  readonly incidents: readonly { readonly description: string; readonly at: number }[];
  /** When the last of its incidents ended. */
  readonly recovered: number | undefined;
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

/** An incident lasts until it is resolved, or until everything was seen healthy after it; one that was left, as it was then. */
const incidentsOf = (events: readonly AnyEvent[], environment: string, healthyAt: number, leftAt: number) => {
  const isHere = (event: { data: { subject: { content: { environment: { id: string } } } } }): boolean =>
    event.data.subject.content.environment.id === environment;
  const resolved = only(incidentResolved, events).filter((event) => isHere(event) && timeOf(event) < leftAt);
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

/** Where nothing is checked, healthy is all that can be said. */
const provenState = (rollouts: readonly Rollout[]): LegState => {
  const states = rollouts.map(({ suite }) => suite?.state);
  if (states.every((state) => state === undefined)) return 'healthy';
  if (states.includes('error')) return 'unproven';
  return states.every((state) => state === 'success') ? 'verified' : 'verifying';
};

const stateOf = ({ rollouts, sync, incidents }: Omit<Leg, 'state'>): LegState => {
  const is = (stage: Rollout['stage']) => (rollout: Rollout) => rollout.stage === stage;
  if (incidents.length > 0) return 'unhealthy';
  if (rollouts.some(({ suite }) => suite?.state === 'failure')) return 'failed';
  if (rollouts.some(is('refused'))) return 'refused';
  if (rollouts.length > 0 && rollouts.every(is('healthy'))) return provenState(rollouts);
  if (sync?.state === 'failed') return 'out-of-sync';
  if (sync && sync.state !== 'requested') return 'syncing';
  if (rollouts.some(is('committed'))) return 'in-git';
  if (rollouts.some(is('offered'))) return 'offered';
  return rollouts.some(is('proposed')) ? 'observed' : 'on-its-way';
};

/** When all of it was healthy; never, as long as something is not. */
export const healthyAtOf = (rollouts: readonly Rollout[]): number =>
  rollouts.every(({ stage }) => stage === 'healthy')
    ? Math.max(...rollouts.map(({ at }) => at))
    : Number.NEGATIVE_INFINITY;

/** `events` are those of this way alone. `leftAt` is when the way back began, if it did. */
export const legOf = (
  environment: string,
  rollouts: readonly Rollout[],
  events: readonly AnyEvent[],
  leftAt = Number.POSITIVE_INFINITY,
): Leg => {
  const parts = {
    rollouts,
    sync: syncOf(events, environment, rollouts),
    ...incidentsOf(events, environment, healthyAtOf(rollouts), leftAt),
  };
  return { state: stateOf(parts), ...parts };
};
