import { imageReference } from '#events/image.ts';
import { type Intent, isHold, type Wish, type Written } from './intent.ts';
import { defaultSubject, fillSubject } from './subject.ts';

const longestSubject = 100;

/** One line, whatever came in: a line break in a name must not become a trailer. */
const line = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 300);

const short = (tag: string, most = 40): string => (tag.length > most ? `${tag.slice(0, most - 1)}…` : tag);

/** What was there before, or the image that a hold is on. */
type Before = ReadonlyMap<Wish, Written>;

const listed = (names: readonly string[]): string => [...new Set(names)].join(', ');

const nameOf = ({ tag, digest }: Written, most: number): string =>
  short(tag ?? digest?.slice(0, 19) ?? 'an image', most);

const holdSubject = (wishes: readonly Wish[], before: Before): string => {
  const actions = wishes.flatMap((wish) =>
    isHold(wish) ? `${wish.action} ${nameOf(before.get(wish) ?? wish, 40)}` : [],
  );
  return `${listed(actions)} in ${listed(wishes.map(({ environment }) => environment))}`;
};

const imageSubject = (intents: readonly Intent[], before: Before): string => {
  const environments = listed(intents.map(({ environment }) => environment));
  const tags = [...new Set(intents.map(({ image }) => image.tag))];
  const images = (most: number): string =>
    tags.length === 1 ? short(tags[0] ?? '', most) : `${tags.length} new images`;
  if (!intents.every(({ reason }) => reason === 'rollback')) return `${environments} to ${images(40)}`;
  const replaced = intents.map((intent) => before.get(intent)?.tag);
  const [was] = new Set(replaced).size === 1 ? replaced : [];
  return `roll ${environments} back to ${images(20)}${was === undefined ? '' : ` (was ${short(was, 20)})`}`;
};

const subject = (wishes: readonly Wish[], before: Before, template: string): string => {
  const intents = wishes.flatMap((wish) => (isHold(wish) ? [] : [wish]));
  const filled = fillSubject(template, {
    service: wishes[0]?.service ?? '',
    environments: listed(wishes.map(({ environment }) => environment)),
    images: listed(wishes.map((wish) => nameOf(isHold(wish) ? (before.get(wish) ?? wish) : wish.image, 40))),
    change: intents.length > 0 ? imageSubject(intents, before) : holdSubject(wishes, before),
  });
  return line(filled).slice(0, longestSubject);
};

const why = (wish: Wish): string => {
  const place = `${wish.environment}/${wish.target}`;
  return isHold(wish)
    ? line(`${place}: ${wish.action} ${wish.digest} (${wish.actor})`)
    : line(`${place}: ${wish.image.tag} (${wish.reason}, ${wish.actor})`);
};

const trailers = (wish: Wish): string[] => [
  `Fairlead-Event: ${line(wish.event)}`,
  `Fairlead-Chain: ${line(wish.chain)}`,
  ...(isHold(wish) ? [] : imageTrailers(wish)),
];

const imageTrailers = ({ commit, image, reason }: Intent): string[] => [
  ...(commit === undefined ? [] : [`Source-Commit: ${line(commit)}`]),
  `Image: ${line(`${imageReference(image)}@${image.digest}`)}`,
  ...(reason === 'rollback' ? ['Fairlead-Reason: rollback'] : []),
];

/**
 * The message of a service's commit: a subject for people, of a template if there is one, who asked for what, and always the
 * trailers by which it is found again.
 */
export const commitMessage = (
  wishes: readonly Wish[],
  before: Before = new Map(),
  template: string = defaultSubject,
): string =>
  [subject(wishes, before, template), wishes.map(why).join('\n'), wishes.flatMap(trailers).join('\n')]
    .join('\n\n')
    .concat('\n');

/** What a commit's message says of one wish. */
export interface Said {
  readonly event: string;
  readonly chain?: string | undefined;
  readonly commit?: string | undefined;
  readonly actor?: string | undefined;
}

const trailerLine = /^(Fairlead-Event|Fairlead-Chain|Source-Commit): (\S+)$/;

/** Reads back what `commitMessage` wrote, also where a forge has put something in front or behind. */
export const readMessage = (message: string): Said[] => {
  const said: { event: string; chain?: string; commit?: string; actor?: string }[] = [];
  const actors = [...message.matchAll(/^\S+\/\S+: .+ \((?:.+, )?([^(),]+)\)$/gm)].map(([, actor = '']) => actor);
  for (const text of message.split(/\r?\n/)) {
    const [, key, value = ''] = trailerLine.exec(text) ?? [];
    if (key === 'Fairlead-Event') said.push({ event: value });
    const open = said.at(-1);
    if (open === undefined) continue;
    if (key === 'Fairlead-Chain') open.chain = value;
    if (key === 'Source-Commit') open.commit = value;
  }
  return said.map((one, at) => ({ ...one, ...(actors.length === said.length && { actor: actors[at] }) }));
};
