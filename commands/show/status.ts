import type { DeploymentState } from '#shared/deliveries/deployment.ts';
import { nameOf } from '../decide/find-image.ts';
import { type History, type TargetFacts, targetsOf } from '../place/facts.ts';
import type { Hold } from '../place/holds.ts';
import { ago, type Place, placeName, plain, shortCommit, shortDigest, shortTag } from '../words.ts';
import { happened } from './happened.ts';

/** How many events are told. */
const lately = 12;

/** `2026-11-23 09:30:00`, UTC. */
const clock = (time: string): string => new Date(time).toISOString().slice(0, 19).replace('T', ' ');

const stateLine = (label: string, state: DeploymentState | undefined, now: number): string => {
  if (state === undefined) return `  ${label}  nothing`;
  const { image, since, revision, chain } = state;
  const when = `since ${clock(since)} (${ago(since, now)})`;
  return `  ${label}  ${shortTag(image.tag)}  ${shortDigest(image.digest)}  ${when}, commit ${shortCommit(revision)}, chain ${chain}`;
};

const holdLine = (facts: TargetFacts, { digest, reason, since, actor, why }: Hold, now: number): string => {
  const what = reason === 'rollback' ? 'rolled back' : 'held';
  const said = why === undefined ? '' : `: “${plain(why)}”`;
  return `  held       ${nameOf(facts, digest)}  ${shortDigest(digest)}  ${what} ${ago(since, now)} by ${plain(actor.name)} (${actor.by})${said}`;
};

const targetLines = (facts: TargetFacts, now: number): string[] => [
  facts.target,
  stateLine('asked for', facts.asked, now),
  stateLine('deployed ', facts.deployed, now),
  stateLine('verified ', facts.verified, now),
  ...facts.holds.map((hold) => holdLine(facts, hold, now)),
];

/** The state of a place for people, a line each; times are UTC. */
export const statusLines = (place: Place, history: History, now: number): string[] => {
  const events = history.events.slice(-lately);
  return [
    `${placeName(place)}, stage ${place.stage}, times in UTC`,
    ...targetsOf(history).flatMap((facts) => ['', ...targetLines(facts, now)]),
    '',
    events.length === 0 ? 'No event is known.' : 'Lately',
    ...events.map((event) => `  ${clock(event.time)}  ${plain(happened(event)).slice(0, 500)}`),
    ...(history.complete ? [] : ['', 'Older events were not read; a hold from before them is not shown.']),
  ];
};

/** The same for programs, with whole digests, chains and times. */
export const statusJson = ({ service, environment, stage }: Place, history: History) => ({
  service,
  environment,
  stage,
  targets: Object.fromEntries(
    targetsOf(history).map((facts) => {
      const { target, asked, deployed, verified, holds } = facts;
      const held = holds.map((hold) => ({
        ...hold,
        tag: facts.images.find(({ image }) => image.digest === hold.digest)?.image.tag,
      }));
      return [target, { asked, deployed, verified, held }];
    }),
  ),
  complete: history.complete,
  events: history.events.slice(-lately).map((event) => {
    const { id, type, time, data } = event;
    return { id, type, time, chain: data.context.chainId, says: happened(event) };
  }),
});
