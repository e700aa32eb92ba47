import type { AnyEvent } from '#events/event.ts';
import { holdCommitted, holdRequested } from '#events/holds.ts';
import { artifactPublished, imageCommitted, imageProposed, imageRefused, imageRequested } from '#events/images.ts';
import { configurationRefused } from '#events/services.ts';
import { branchPushed } from '#events/source-control.ts';
import { type Environment, environmentsOf } from './environments.ts';
import { only, settled, timeOf } from './known.ts';
import { type Run, runsOf } from './runs.ts';

/** One commit of one service on its way, as its events tell it. Times in milliseconds. */
export interface Delivery {
  readonly service: string;
  readonly commit: string | undefined;
  readonly push: Push | undefined;
  readonly runs: readonly Run[];
  /** When the last of its images was in the registry. */
  readonly published: number | undefined;
  /** The tags of its images, each once. */
  readonly tags: readonly string[];
  readonly environments: readonly Environment[];
  /** What is wrong with the service's configuration. */
  readonly problems: readonly string[];
}

export interface Push {
  readonly message: string;
  readonly author: string;
  readonly branch: string;
  readonly url: string;
  readonly at: number;
}

/** The services that a chain's events name, in the order of the alphabet. */
export const servicesOf = (chain: readonly AnyEvent[]): string[] =>
  [...new Set(chain.flatMap(({ service }) => service ?? []))].sort();

const pushOf = (events: readonly AnyEvent[]): Push | undefined => {
  const [push] = only(branchPushed, events);
  if (push === undefined) return undefined;
  const { actor, message, url } = push.data.customData;
  return { message, author: actor.name, branch: push.data.subject.content.branch, url, at: timeOf(push) };
};

/** A rollback's commit is that of the image which it restores. */
const commitOf = (events: readonly AnyEvent[]): string | undefined => {
  const [pushed] = only(branchPushed, events).map(({ data }) => data.subject.content.commit);
  const own = events.filter(({ data }) => data.subject.content.reason !== 'rollback');
  const named = own.map(({ data }) => data.customData.commit).find((commit) => typeof commit === 'string');
  return pushed ?? named;
};

const digestOf = ({ data }: { data: { subject: { content: { digest: string } } } }): string =>
  data.subject.content.digest;

/** An image that names no service is this one's if an event of this one names its repository, or holds it. */
const publishedOf = (events: readonly AnyEvent[], service: string) => {
  const told = [
    ...only(imageRequested, events),
    ...only(imageRefused, events),
    ...only(imageProposed, events),
    ...only(imageCommitted, events),
  ].filter(({ data }) => data.subject.content.reason !== 'rollback');
  const repositories = new Set(told.map(({ data }) => data.subject.content.image.repository));
  const held = new Set([...only(holdRequested, events), ...only(holdCommitted, events)].map(digestOf));
  return only(artifactPublished, events).filter((event) => {
    const { repository, digest } = event.data.customData.image;
    return event.service === service || repositories.has(repository) || held.has(digest);
  });
};

/**
 * Folds a chain's events into one service's delivery: those that name it, and those that name no service. Order,
 * duplicates and lateness make no difference, because only the set of the events and their own times count.
 */
export const deliveryOf = (service: string, chain: readonly AnyEvent[]): Delivery => {
  const events = settled(chain).filter((event) => event.service === undefined || event.service === service);
  const published = publishedOf(events, service);
  const environments = environmentsOf(events);
  const placed = environments.flatMap(({ forward }) => forward.rollouts.map(({ image }) => image.tag));
  const built = published.map(({ data }) => data.customData.image.tag);
  const left = environments.flatMap(({ back }) => back?.rollouts.flatMap(({ commit }) => commit?.previous ?? []) ?? []);
  const tags = [placed, built, left].find((some) => some.length > 0) ?? [];
  const problems = only(configurationRefused, events).flatMap(({ data }) => data.subject.content.problems);
  return {
    service,
    commit: commitOf(events),
    push: pushOf(events),
    runs: runsOf(events),
    published: published.map(timeOf).at(-1),
    tags: [...new Set(tags)].sort(),
    environments,
    problems: [...new Set(problems.map(({ file, path, message }) => `${file}: ${path}: ${message}`))],
  };
};
