import type { AnyEvent } from '#events/event.ts';
import { type Block, context, section, sections, type View, within } from './blocks.ts';
import { type Delivery, deliveryOf } from './delivery.ts';
import { headlineOf } from './headline.ts';
import { code, duration, link, plain } from './mrkdwn.ts';
import { shortCommit } from './names.ts';
import type { Step } from './step.ts';
import { stepsBefore, stepsIn } from './steps.ts';

const marks = { done: '✓', doing: '○', failed: '✗', noted: '–' } as const;

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
  const verified = environments.every(({ state }) => state === 'verified');
  const done = verified || environments.every(({ state }) => state === 'verified' || state === 'healthy');
  if (environments.length === 0 || !done || push === undefined) return [];
  const rollouts = environments.flatMap(({ forward }) => forward.rollouts);
  const last = Math.max(...rollouts.map(({ at, suite }) => (verified ? (suite?.at ?? at) : at)));
  const took = duration(last - push.at);
  return took === '' ? [] : [context(`${took} from push to ${verified ? 'verified' : 'healthy'}`)];
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
