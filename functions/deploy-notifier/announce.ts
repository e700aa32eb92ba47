import type { AnyEvent } from '#events/event.ts';
import { announcementsOf } from './announcements.ts';
import type { Notice } from './decide.ts';
import type { createKeeper } from './keep.ts';
import { viewOf } from './view.ts';

/**
 * Brings a delivery's message up to date, and then what is announced below it, in order. An event that comes meanwhile has a
 * notifier of its own. `gone`: somebody deleted the message.
 */
export const createAnnouncer =
  (keep: ReturnType<typeof createKeeper>) =>
  async (notice: Notice, event: string, signal: AbortSignal): Promise<'told' | 'gone'> => {
    const { service } = notice;
    const kept = await keep(notice, (chain) => viewOf(service, chain), event, signal);
    if (kept === 'gone') return 'gone';
    for (const { key, view } of announcementsOf(service, kept.chain)) {
      const draw = (chain: readonly AnyEvent[]) =>
        announcementsOf(service, chain).find((announcement) => announcement.key === key)?.view ?? view;
      await keep({ ...notice, reply: { key, thread: kept.message } }, draw, event, signal);
    }
    return 'told';
  };
