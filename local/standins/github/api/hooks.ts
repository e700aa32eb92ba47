import type { ServedRepository } from '#local/git-server/repository.ts';
import { idOf } from '../account.ts';
import type { Delivery } from '../hook.ts';
import { type Answer, notFound } from './answer.ts';

export interface HooksOptions {
  /** Where the webhook of every hooked repository goes. */
  readonly webhookUrl: string;
  readonly isHooked: (repository: string) => boolean;
  /** In the order in which they were answered. */
  readonly deliveries: () => readonly Delivery[];
  readonly redeliver: (id: string) => void;
}

/** GitHub's words and codes for what had no answer. */
const statusOf = ({ status }: Delivery): { status: string; status_code: number } => {
  if (status === 'timed out') return { status: 'timed out', status_code: 504 };
  if (status === 'no answer') return { status: 'failed to connect to host', status_code: 502 };
  if (status === 'lost') return { status: 'An exception occurred', status_code: 0 };
  return { status: status < 300 ? 'OK' : `Invalid HTTP Response: ${status}`, status_code: status };
};

const shown = (delivery: Delivery, id: number) => ({
  id,
  guid: delivery.id,
  delivered_at: delivery.deliveredAt,
  redelivery: delivery.redelivered,
  duration: delivery.durationMs / 1000,
  ...statusOf(delivery),
  event: delivery.event,
  action: null,
  installation_id: null,
  repository_id: idOf(delivery.repository),
});

/** A repository's webhook and its deliveries, as GitHub's REST API has them. */
export const createHooksApi = ({ webhookUrl, isHooked, deliveries, redeliver }: HooksOptions) => {
  const hookId = ({ name }: ServedRepository): number => idOf(`hook of ${name}`);
  /** With the ids of attempts, the newest first. */
  const attemptsOf = ({ name }: ServedRepository) =>
    deliveries()
      .map((delivery, index) => ({ delivery, id: index + 1 }))
      .filter(({ delivery }) => delivery.repository === name)
      .reverse();

  return {
    all: (repository: ServedRepository): Answer => ({
      status: 200,
      body: isHooked(repository.name)
        ? [
            {
              type: 'Repository',
              id: hookId(repository),
              name: 'web',
              active: true,
              events: ['*'],
              config: { url: webhookUrl, content_type: 'json', insecure_ssl: '0', secret: '********' },
              last_response: { code: null, status: 'unused', message: null },
            },
          ]
        : [],
    }),
    attempts: (repository: ServedRepository, hook: number, url: URL): Answer => {
      if (hook !== hookId(repository)) return notFound;
      const size = Math.min(Number(url.searchParams.get('per_page') ?? 30), 100);
      const [, from] = /^v1_(\d+)$/.exec(url.searchParams.get('cursor') ?? '') ?? [];
      const rest = attemptsOf(repository).filter(({ id }) => from === undefined || id <= Number(from));
      const next = rest[size];
      const link = new URL(url);
      link.searchParams.set('cursor', `v1_${next?.id}`);
      return {
        status: 200,
        body: rest.slice(0, size).map(({ delivery, id }) => shown(delivery, id)),
        ...(next && { headers: { link: `<${link}>; rel="next"` } }),
      };
    },
    sendAgain: (repository: ServedRepository, hook: number, attempt: number): Answer => {
      const found = attemptsOf(repository).find(({ id }) => id === attempt);
      if (hook !== hookId(repository) || found === undefined) return notFound;
      redeliver(found.delivery.id);
      return { status: 202, body: {} };
    },
  };
};
