import type { AnyEvent } from '#events/event.ts';
import { type Delivery, deliveryOf } from './delivery.ts';
import { headlineOf, shortCommit } from './headline.ts';
import { code, duration, link, plain } from './mrkdwn.ts';
import { type Step, stepsBefore, stepsIn } from './steps.ts';

interface Mrkdwn {
  readonly type: 'mrkdwn';
  readonly text: string;
  /** Channel names and `@channel` in what people wrote stay words. */
  readonly verbatim: true;
}

type Block =
  | { readonly type: 'section'; readonly text: Mrkdwn }
  | { readonly type: 'context'; readonly elements: readonly Mrkdwn[] };

/** A message as Slack takes it. `text` is what notifications and screen readers say; chat.update takes 4,000 bytes of it. */
export interface View {
  readonly text: string;
  readonly blocks: readonly Block[];
}

const longestText = 3000;
const mostBlocks = 50;
/** Slack refuses a message whose blocks are longer than about 13,200 characters of JSON (`msg_blocks_too_long`). */
const longestBlocks = 12_000;

const mrkdwn = (text: string): Mrkdwn => ({ type: 'mrkdwn', text, verbatim: true });
const section = (text: string): Block => ({ type: 'section', text: mrkdwn(text) });
const context = (text: string): Block => ({ type: 'context', elements: [mrkdwn(text)] });

const marks = { done: '✓', doing: '○', failed: '✗', noted: '–' } as const;

/** Lines, in as many sections as they need. */
const sections = (lines: readonly string[]): Block[] => {
  const texts: string[] = [];
  for (const line of lines) {
    const last = texts.at(-1);
    if (last === undefined || last.length + line.length + 1 > longestText) texts.push(line);
    else texts[texts.length - 1] = `${last}\n${line}`;
  }
  return texts.map(section);
};

/** Each step with the time since the one before it. `start` is when the steps began, in milliseconds. */
const stepLines = (steps: readonly Step[], start: number | undefined): string[] => {
  let previous = start;
  return steps.flatMap(({ mark, text, at, block }) => {
    const took = at === undefined || previous === undefined ? '' : duration(at - previous);
    if (at !== undefined) previous = Math.max(at, previous ?? at);
    return [`${marks[mark]} ${text}${took && ` · ${took}`}`, ...(block === undefined ? [] : [block])];
  });
};

const headBlock = (delivery: Delivery): Block => {
  const { emoji, sentence } = headlineOf(delivery);
  const { push, commit } = delivery;
  const title = `${emoji} *${delivery.service}*: ${sentence}`;
  if (commit === undefined) return section(title);
  const reference = link(push?.url, code(shortCommit(commit)));
  const said = push && [plain(push.message, 300), plain(push.author, 100)].filter((part) => part !== '').join(' — ');
  return section(`${title}\n${reference}${said ? ` ${said}` : ''}`);
};

const bodyBlocks = (delivery: Delivery): Block[] => {
  const { environments, push } = delivery;
  const before = stepsBefore(delivery);
  const lastBefore = before.findLast(({ at }) => at !== undefined)?.at ?? push?.at;
  const [first, ...others] = environments;
  if (first && others.length === 0) return sections(stepLines([...before, ...stepsIn(first)], undefined));
  return [
    ...sections(stepLines(before, undefined)),
    ...environments.flatMap((environment) =>
      sections([`*${environment.name}*`, ...stepLines(stepsIn(environment), lastBefore)]),
    ),
  ];
};

/** How long it all took, once it is over. */
const footBlocks = ({ environments, push }: Delivery): Block[] => {
  const done = environments.length > 0 && environments.every(({ state }) => state === 'healthy');
  if (!done || push === undefined) return [];
  const healthy = Math.max(...environments.flatMap(({ rollouts }) => rollouts.map(({ at }) => at)));
  const took = duration(healthy - push.at);
  return took === '' ? [] : [context(`${took} from push to healthy`)];
};

/** What does not fit is left out from the end, and said so: a message that Slack refuses tells nobody anything. */
const within = (blocks: readonly Block[]): Block[] => {
  const cut = context('… and more than fits here');
  let length = JSON.stringify(cut).length;
  const first = blocks.findIndex((block, index) => {
    length += JSON.stringify(block).length + 1;
    return length > longestBlocks || (index >= mostBlocks - 1 && blocks.length > mostBlocks);
  });
  return first < 0 ? [...blocks] : [...blocks.slice(0, first), cut];
};

/** One service's delivery as a Slack message, from its chain's events alone. */
export const viewOf = (service: string, chain: readonly AnyEvent[]): View => {
  const delivery = deliveryOf(service, chain);
  const { sentence, reason } = headlineOf(delivery);
  return {
    text: [service, sentence, ...(reason === undefined ? [] : [reason])].join(': '),
    blocks: within([headBlock(delivery), ...bodyBlocks(delivery), ...footBlocks(delivery)]),
  };
};
