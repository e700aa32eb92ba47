import * as z from 'zod';
import { InvalidInput } from '#shared/handlers/errors.ts';
import type { Observation } from './observation.ts';

const text = z.string().max(4000).nullish();
const time = z.iso
  .datetime({ offset: true })
  .transform((moment) => new Date(moment).toISOString())
  .nullish();
const names = z.array(z.string().max(1000)).max(2000).nullish();

/** What deploy/argocd/notifications.yaml renders. Argo CD leaves out what it does not know; toJson makes that `null`. */
const notificationSchema = z.object({
  version: z.literal(1),
  observedAt: time.pipe(z.string('is not the time at which Argo CD looked')),
  application: z.object({
    name: z.string().min(1).max(253),
    deletionTimestamp: time,
  }),
  sync: z.object({ status: text, revision: text, revisions: names }),
  health: z.object({ status: text, message: text, lastTransitionTime: time }),
  operation: z.object({
    phase: text,
    message: text,
    startedAt: time,
    finishedAt: time,
    asked: text,
    revision: text,
    revisions: names,
    images: z.array(names).max(5000),
  }),
  images: names,
  deployments: z.array(time).max(100),
});

type Notification = z.infer<typeof notificationSchema>;

const listed = (...values: readonly (string | null | undefined)[]): string[] => [
  ...new Set(values.flatMap((value) => value || [])),
];

const operationOf = ({ operation }: Notification): Observation['operation'] => {
  const { phase, message, startedAt, finishedAt, asked, revision, revisions, images } = operation;
  if (!phase || !startedAt) return undefined;
  const synced = listed(revision, ...(revisions ?? []));
  return {
    phase,
    message: message ?? '',
    startedAt,
    ...(finishedAt && { finishedAt }),
    revisions: synced.length > 0 ? synced : listed(asked), // at first Argo CD knows only what it was asked for
    images: listed(...images.flatMap((named) => named ?? [])),
  };
};

const parseJson = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new InvalidInput('The body is not JSON.', { cause: error });
  }
};

/** A notification as an observation of the instance's application. Throws `InvalidInput` that says what is wrong. */
export const translate = (instance: string, body: Buffer): Observation => {
  const parsed = notificationSchema.safeParse(parseJson(body));
  if (!parsed.success) {
    const problems = z.prettifyError(parsed.error).replaceAll('\n', ' ');
    throw new InvalidInput(`This is not what deploy/argocd/notifications.yaml sends: ${problems}`);
  }
  const { observedAt, application, sync, health, images, deployments } = parsed.data;
  const operation = operationOf(parsed.data);
  return {
    application: `${instance}/${application.name}`,
    observedAt,
    revisions: listed(sync.revision, ...(sync.revisions ?? [])),
    sync: sync.status ?? '',
    health: {
      status: health.status ?? '',
      message: health.message ?? '',
      ...(health.lastTransitionTime && { since: health.lastTransitionTime }),
    },
    ...(operation && { operation }),
    deployments: listed(...deployments),
    images: [...(images ?? [])],
    ...(application.deletionTimestamp && { deletedAt: application.deletionTimestamp }),
  };
};
