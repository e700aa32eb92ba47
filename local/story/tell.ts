import type { Pushed } from '../delivery.ts';
import type { Fairlead } from '../fairlead.ts';
import { linesOf } from './slack-message.ts';
import { createStory } from './story.ts';

type Write = (line?: string) => void;

/** Tells what happens as it happens: a story for people, or one event a line. */
export const tell = (fairlead: Fairlead, to: { readonly story: Write } | { readonly json: Write }): void => {
  const story = 'story' in to ? createStory({ write: to.story, now: () => performance.now() }) : undefined;
  const seen = new Set<string>();
  fairlead.cloud.onEvent(({ event }) => {
    if (!event.source.startsWith('fairlead.') || seen.has(JSON.stringify(event.detail))) return;
    seen.add(JSON.stringify(event.detail));
    if ('json' in to) to.json(JSON.stringify(event.detail));
    else story?.happened(event.detail);
  });
  const stack = `fairlead-${fairlead.stage}-`;
  fairlead.cloud.onInvocation(({ function: name, durationMs }) => story?.ended(name.replace(stack, ''), durationMs));
  fairlead.slack.subscribe((_, { channel, ts, text }) => story?.slack({ channel: channel.name, ts, text }));
};

/** What Slack shows of these deliveries when all is quiet. */
export const showSlack = ({ slack }: Fairlead, pushes: readonly Pushed[], write: Write): void => {
  const concerned = slack
    .messages()
    .filter(({ metadata }) => pushes.some(({ chain }) => JSON.stringify(metadata ?? {}).includes(chain)));
  for (const { channel, blocks, text, replies } of concerned) {
    const lines = linesOf(blocks);
    write();
    write(`#${channel.name} in Slack now:`);
    for (const line of lines.length > 0 ? lines : [text]) write(`  │ ${line}`);
    for (const reply of replies) write(`  ↳ ${reply.text}`);
  }
};
