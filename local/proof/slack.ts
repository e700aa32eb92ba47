import type { Pushed } from '../delivery.ts';
import type { Fairlead } from '../fairlead.ts';
import { type Check, isChecked, isUnchecked, rollsBack, shortTag, tagsOf } from './check.ts';

const messagesOf = ({ slack }: Fairlead, { chain, service }: Pushed) =>
  slack.messages().filter(({ metadata }) => {
    const said = JSON.stringify(metadata ?? {});
    return said.includes(chain) && said.includes(`"${service.name}"`);
  });

const names = (all: readonly { readonly name: string }[]): string => all.map(({ name }) => name).join(', ');

/** One message, that says these parts, with so many replies in its thread. */
const says = (fairlead: Fairlead, pushed: Pushed, parts: readonly string[], replies: number): string[] => {
  const messages = messagesOf(fairlead, pushed);
  const [message] = messages;
  if (message === undefined || messages.length > 1) {
    return [`${pushed.service.name} has ${messages.length} messages in Slack, and should have one`];
  }
  const missing = parts.filter((part) => !message.text.includes(part));
  return [
    ...missing.map((part) => `Slack says "${message.text}", which lacks "${part}"`),
    ...(message.replies.length === replies
      ? []
      : [`"${message.text}" has ${message.replies.length} replies, and should have ${replies}`]),
  ];
};

const tagNames = (witness: Parameters<Check>[1], pushed: Pushed): string[] =>
  [...tagsOf(witness, pushed).values()].map(shortTag);

/** Each delivery's one message ends as "verified", or where nothing is checked as "healthy", and nothing is shouted. */
export const endsWell: Check = (fairlead, witness, pushes) =>
  pushes.flatMap((pushed) => {
    const { name, environments } = pushed.service;
    const checked = environments.filter(isChecked);
    const unchecked = environments.filter(isUnchecked);
    const parts = [
      `${name}: `,
      ...tagNames(witness, pushed),
      ...(checked.length > 0 ? [`verified in ${names(checked)}`] : []),
      ...(unchecked.length > 0 ? [`healthy in ${names(unchecked)}`] : []),
    ];
    return says(fairlead, pushed, parts, 0);
  });

/** A bad delivery's message ends with what it was rolled back to; failure, rollback and recovery are told in the channel. */
export const endsRolledBack =
  (good: readonly Pushed[]): Check =>
  (fairlead, witness, pushes) =>
    pushes.flatMap((pushed) => {
      const before = good.filter(({ service }) => service.name === pushed.service.name);
      const restored = before.flatMap((one) => tagNames(witness, one));
      const environments = pushed.service.environments.filter(rollsBack);
      const parts = [
        `${pushed.service.name}: `,
        ...tagNames(witness, pushed),
        'failed',
        'rolled back',
        ...restored,
        'verified',
      ];
      return says(fairlead, pushed, parts, 3 * environments.length);
    });
