import type { AnyEvent } from '#events/event.ts';
import { sections, type View } from './blocks.ts';
import { type Happening, happeningsOf } from './happenings.ts';
import { settled } from './known.ts';

/** What is said to the channel besides the message, once for each key. */
export interface Announcement {
  readonly key: string;
  readonly view: View;
}

const emojis: Readonly<Record<Happening['kind'], string>> = {
  failed: ':x:',
  incident: ':rotating_light:',
  withheld: ':raised_hand:',
  refused: ':no_entry:',
  'rolled-back': ':leftwards_arrow_with_hook:',
  verified: ':white_check_mark:',
  resolved: ':white_check_mark:',
};

const viewOf = (service: string, { kind, sentence, reason, lines }: Happening): View => {
  const shown = lines ?? (reason ? [reason] : []);
  return {
    text: [service, sentence, ...(reason ? [reason] : [])].join(': '),
    blocks: sections([`${emojis[kind]} *${service}*: ${sentence}`, ...shown]),
  };
};

/** Failures, rollbacks and recoveries of one service's delivery, in the order in which they happened. */
export const announcementsOf = (service: string, chain: readonly AnyEvent[]): Announcement[] =>
  happeningsOf(settled(chain).filter((event) => event.service === service))
    .map((happening) => ({ ...happening, key: `${happening.kind}/${happening.id}` }))
    .sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1))
    .map(({ key, ...happening }) => ({ key, view: viewOf(service, happening) }));
