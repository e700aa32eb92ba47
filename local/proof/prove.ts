import type { Pushed } from '../delivery.ts';
import type { Fairlead } from '../fairlead.ts';
import type { Check } from './check.ts';
import { causesFirst, logComplete, nothingFailed, typesComplete } from './events.ts';
import { type ExpectedTypes, typesOfAnUpgrade, typesOfTheRoad, typesOfTheWayBack } from './expected-types.ts';
import { locksRight, manifestsExact, restored } from './git.ts';
import { endsRolledBack, endsWell } from './slack.ts';
import type { Witness } from './witness.ts';

type Checks = readonly (readonly [string, Check])[];

/** What was proven, in words, and what was wrong. */
export interface Proof {
  readonly proven: readonly string[];
  readonly failures: readonly string[];
}

const hold = async (
  checks: Checks,
  fairlead: Fairlead,
  witness: Witness,
  pushes: readonly Pushed[],
): Promise<Proof> => {
  const proven: string[] = [];
  const failures: string[] = [];
  for (const [name, check] of checks) {
    const wrong = await check(fairlead, witness, pushes);
    if (wrong.length === 0) proven.push(name);
    failures.push(...wrong);
  }
  return { proven, failures };
};

const always: Checks = [
  ['every event came after its cause', causesFirst],
  ['the log holds every event once', logComplete],
  ['nothing failed on the way', nothingFailed],
];

const proveRoad = (fairlead: Fairlead, witness: Witness, pushes: readonly Pushed[], types: ExpectedTypes) => {
  const nothingPushed: Check = (_, __, all) =>
    all.length === 0 ? ['no service of the configuration has a source and a build, so nothing was pushed'] : [];
  const road: Checks = [
    ['something was delivered', nothingPushed],
    ['every step of every delivery was told once', typesComplete(types)],
    ['the GitOps repositories changed by the tags alone, byte for byte', manifestsExact],
    ['the locks name the new images', locksRight],
    ['each delivery has one Slack message, and it says how it ended', endsWell],
  ];
  return hold([...road, ...always], fairlead, witness, pushes);
};

/** Holds what was seen of good deliveries that are over against what should have been. */
export const prove = (fairlead: Fairlead, witness: Witness, pushes: readonly Pushed[]): Promise<Proof> =>
  proveRoad(fairlead, witness, pushes, typesOfTheRoad);

/** The same for deliveries of services that run already. `witness` was called before the first of them was pushed. */
export const proveUpgrade = (fairlead: Fairlead, witness: Witness, pushes: readonly Pushed[]): Promise<Proof> =>
  proveRoad(fairlead, witness, pushes, typesOfAnUpgrade);

/** The same for bad deliveries, after these good ones. `witness` was called before the first of them was pushed. */
export const proveWayBack = (
  fairlead: Fairlead,
  witness: Witness,
  good: readonly Pushed[],
  bad: readonly Pushed[],
): Promise<Proof> => {
  const wayBack: Checks = [
    [
      'the bad delivery failed its check and was rolled back once, and every step of it was told',
      typesComplete(typesOfTheWayBack),
    ],
    ['Git is what it was, byte for byte, and the lock holds the bad image', restored(good)],
    ['Slack says what failed, what it was rolled back to, and that this is proven', endsRolledBack(good)],
  ];
  return hold([...wayBack, ...always], fairlead, witness, bad);
};
