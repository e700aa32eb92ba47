import { imageReference } from '#events/image.ts';
import type { Intent } from './intent.ts';

const longestSubject = 100;

/** One line, whatever came in: a line break in a name must not become a trailer. */
const line = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 300);

const short = (tag: string): string => (tag.length > 40 ? `${tag.slice(0, 39)}…` : tag);

const subject = (intents: readonly Intent[]): string => {
  const [first] = intents;
  if (first === undefined) return '';
  const environments = [...new Set(intents.map(({ environment }) => environment))];
  const tags = [...new Set(intents.map(({ image }) => image.tag))];
  const back = intents.every(({ reason }) => reason === 'rollback') ? 'back ' : '';
  const images = tags.length === 1 ? short(first.image.tag) : `${tags.length} new images`;
  return line(`${first.service}: ${environments.join(', ')} ${back}to ${images}`).slice(0, longestSubject);
};

const why = ({ environment, target, image, reason, actor }: Intent): string =>
  line(`${environment}/${target}: ${image.tag} (${reason}, ${actor})`);

const trailers = ({ event, chain, commit, image }: Intent): string[] => [
  `Fairlead-Event: ${line(event)}`,
  `Fairlead-Chain: ${line(chain)}`,
  ...(commit === undefined ? [] : [`Source-Commit: ${line(commit)}`]),
  `Image: ${line(`${imageReference(image)}@${image.digest}`)}`,
];

/** The message of a service's commit: a subject for people, who asked for what, and the trailers by which it is found again. */
export const commitMessage = (intents: readonly Intent[]): string =>
  [subject(intents), intents.map(why).join('\n'), intents.flatMap(trailers).join('\n')].join('\n\n').concat('\n');
