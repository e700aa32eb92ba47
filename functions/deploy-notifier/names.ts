import type { Actor } from '#events/actor.ts';
import { plain } from './mrkdwn.ts';

const commitId = /[0-9a-f]{40}|[0-9a-f]{64}/g;

export const shortCommit = (commit: string): string => commit.slice(0, 7);

/** A tag as people say it: a whole commit id in it is too long to read. */
export const shortTag = (tag: string): string => tag.replace(commitId, shortCommit);

/** Nobody but the commands says so. */
export const isPerson = (actor: Actor | undefined): boolean => actor?.by === 'command';

const longestWhy = 500;

/** ` by Ada Lovelace: it is too slow`, after what a person did. Empty for what nobody did by hand. */
export const byPerson = (actor: Actor | undefined, why: string | undefined): string =>
  actor && isPerson(actor) ? ` by ${plain(actor.name, 100)}${why ? `: ${plain(why, longestWhy)}` : ''}` : '';
