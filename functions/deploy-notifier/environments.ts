import type { AnyEvent } from '#events/event.ts';
import { incidentDetected, incidentResolved, serviceRemoved } from '#events/services.ts';
import { causeOf, only, timeOf } from './known.ts';
import { healthyAtOf, type Leg, type LegState, legOf } from './leg.ts';
import { isPerson } from './names.ts';
import { type Hold, holdsOf, type Withheld, withheldOf } from './people.ts';
import { type Rollout, rollbacksOf, rolloutsOf } from './rollout.ts';

/** From the one that wants a person most to the one that wants nobody. */
export const environmentStates = [
  'unhealthy',
  'failed',
  'out-of-sync',
  'refused',
  'unproven',
  'removed',
  'rolling-back',
  'offered',
  'on-its-way',
  'in-git',
  'syncing',
  'verifying',
  'observed',
  'rolled-back',
  'replaced',
  'held',
  'released',
  'healthy',
  'verified',
  'unmoved',
] as const;

export type EnvironmentState = (typeof environmentStates)[number];

/** An environment as this delivery sees it. Times in milliseconds. */
export interface Environment {
  readonly name: string;
  readonly state: EnvironmentState;
  readonly since: number;
  readonly forward: Leg;
  /** What it went back to, or goes. */
  readonly back: Leg | undefined;
  /** The delivery's own image did not do, whatever came of it. */
  readonly failed: boolean;
  /** The ways back that were not taken. */
  readonly refusals: readonly Rollout[];
  readonly withheld: readonly Withheld[];
  readonly holds: readonly Hold[];
  readonly removed: number | undefined;
}

type Parts = Omit<Environment, 'name' | 'state' | 'since'>;

export const isSuperseded = ({ refusal }: Pick<Rollout, 'refusal'>): boolean => refusal?.code === 'superseded';

const backStates: Readonly<Record<LegState, EnvironmentState>> = {
  unhealthy: 'unhealthy',
  failed: 'failed',
  'out-of-sync': 'out-of-sync',
  refused: 'rolling-back',
  'on-its-way': 'rolling-back',
  offered: 'rolling-back',
  'in-git': 'rolling-back',
  syncing: 'rolling-back',
  observed: 'rolling-back',
  unproven: 'rolled-back',
  verifying: 'rolled-back',
  healthy: 'rolled-back',
  verified: 'rolled-back',
};

const stateOf = ({ forward, back, refusals, holds, removed }: Parts): EnvironmentState => {
  if (removed !== undefined) return 'removed';
  if (back) return backStates[back.state];
  if (refusals.some(isSuperseded)) return 'replaced';
  if (forward.rollouts.length > 0 || forward.incidents.length > 0) return forward.state;
  const held = holds.findLast(({ stage }) => stage === 'committed');
  if (held === undefined) return 'unmoved';
  return held.action === 'hold' ? 'held' : 'released';
};

const hasFailed = ({ forward, back, withheld }: Pick<Parts, 'forward' | 'back' | 'withheld'>): boolean =>
  forward.incidents.length > 0 ||
  forward.rollouts.some(({ suite }) => suite?.state === 'failure') ||
  withheld.length > 0 ||
  (back?.rollouts.some(({ actor }) => actor !== undefined && !isPerson(actor)) ?? false);

/** Of each target the last way back that was taken. */
const takenOf = (rollbacks: readonly Rollout[]): Rollout[] => [
  ...new Map(rollbacks.filter(({ stage }) => stage !== 'refused').map((each) => [each.target, each])).values(),
];

const legsOf = (name: string, events: readonly AnyEvent[], forward: readonly Rollout[], all: readonly Rollout[]) => {
  const back = takenOf(all);
  const commits = new Set(back.flatMap((each) => each.commits));
  const others = new Set(all.flatMap((each) => each.commits));
  const leftAt = Math.min(...back.flatMap(({ commit, stage, at }) => commit?.at ?? (stage === 'healthy' ? at : [])));
  const own = events.filter((event) => !others.has(causeOf(event)));
  const ofBack = events.filter((event) => commits.has(causeOf(event)));
  return {
    forward: legOf(name, forward, own, leftAt),
    back: back.length === 0 ? undefined : legOf(name, back, ofBack),
  };
};

interface Moves {
  readonly forward: readonly Rollout[];
  readonly back: readonly Rollout[];
  readonly withheld: readonly Withheld[];
  readonly holds: readonly Hold[];
}

const environmentOf = (name: string, events: readonly AnyEvent[], moves: Moves): Environment => {
  const isHere = ({ environment }: { environment: string }): boolean => environment === name;
  const rollbacks = moves.back.filter(isHere);
  const legs = legsOf(name, events, moves.forward.filter(isHere), rollbacks);
  const withheld = moves.withheld.filter(isHere);
  const removals = only(serviceRemoved, events).filter(({ data }) => data.subject.content.environment.id === name);
  const healthyAt = healthyAtOf((legs.back ?? legs.forward).rollouts);
  const parts = {
    ...legs,
    withheld,
    failed: hasFailed({ ...legs, withheld }),
    refusals: rollbacks.filter(({ stage }) => stage === 'refused'),
    holds: moves.holds.filter(isHere),
    removed: removals.map(timeOf).findLast((at) => at >= healthyAt),
  };
  const began = [...legs.forward.rollouts, ...rollbacks].map((rollout) => rollout.since);
  const said = [...legs.forward.incidents, ...withheld, ...parts.holds].map(({ at }) => at);
  return { name, since: Math.min(...began, ...said), state: stateOf(parts), ...parts };
};

const namesOf = (events: readonly AnyEvent[], { forward, back, withheld, holds }: Moves): string[] => {
  const troubled = [
    ...only(incidentDetected, events),
    ...only(incidentResolved, events),
    ...only(serviceRemoved, events),
  ];
  return [
    ...new Set([
      ...[...forward, ...back, ...withheld, ...holds].map(({ environment }) => environment),
      ...troubled.map(({ data }) => data.subject.content.environment.id),
    ]),
  ];
};

/** The environments that this delivery goes to, in the order in which it reached them. */
export const environmentsOf = (events: readonly AnyEvent[]): Environment[] => {
  const moves = {
    forward: rolloutsOf(events),
    back: rollbacksOf(events),
    withheld: withheldOf(events),
    holds: holdsOf(events),
  };
  return namesOf(events, moves)
    .map((name) => environmentOf(name, events, moves))
    .sort((a, b) => a.since - b.since || (a.name < b.name ? -1 : 1));
};
