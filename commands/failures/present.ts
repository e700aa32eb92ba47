import { ago, plain } from '../words.ts';
import type { Failed, Unreadable } from './read-failed.ts';
import type { Target } from './target.ts';

const longest = 300;

const short = (text: string): string => {
  const said = plain(text);
  return said.length > longest ? `${said.slice(0, longest)}…` : said;
};

/** `1 message`, `3 messages` */
export const messages = (count: number): string => `${count} message${count === 1 ? '' : 's'}`;

const whereOf = ({ event }: Failed['about']): string => {
  if (event === undefined) return '';
  const { service, environment, subject } = event;
  return ` of ${service === undefined ? plain(subject) : plain(`${service}${environment === undefined ? '' : ` in ${environment}`}`)}`;
};

const goes = ({ kind, name }: Target): string =>
  kind === 'function' ? `will be given to the function ${name}` : `will be put in the queue ${name}`;

/** What failed, why, when, what it is about, and where it will go. */
export const failedLines = ({ target, error, since, about }: Failed, now: number): string[] => [
  `${target.short}  ${since.slice(0, 19).replace('T', ' ')} (${ago(since, now)})`,
  `  why    ${plain(error.code)}: ${short(error.message)}`,
  `  event  ${plain(about.type)}${whereOf(about)}${about.id === undefined ? '' : `, ${plain(about.id)}`}`,
  `  →      ${goes(target)}`,
];

export const unreadableLines = ({ message, unreadable }: Unreadable): string[] => [
  `${plain(message)} stays where it is: ${short(unreadable)}`,
];
