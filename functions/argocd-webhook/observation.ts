import * as z from 'zod';
import { timeSchema } from '#events/event.ts';

/**
 * The state of an application as Argo CD told it. Times are in UTC to the millisecond, so that they sort as text; Argo CD's own
 * are whole seconds.
 */
export const observationSchema = z.object({
  /** `<argocd>/<name>` */
  application: z.string(),
  /** When Argo CD looked: the order of an application's observations, whenever they arrive. */
  observedAt: timeSchema,
  /** The commits that the cluster was compared with, one for each source. */
  revisions: z.array(z.string()),
  sync: z.string(),
  health: z.object({
    status: z.string(),
    message: z.string(),
    /** When it came to be so, where Argo CD keeps that. */
    since: timeSchema.optional(),
  }),
  /** The last sync, which may still be running. */
  operation: z
    .object({
      phase: z.string(),
      message: z.string(),
      startedAt: timeSchema,
      finishedAt: timeSchema.optional(),
      revisions: z.array(z.string()),
      /** Those that its manifests name, where Argo CD tells (from 2.14 on). */
      images: z.array(z.string()),
    })
    .optional(),
  /** When the last successful syncs began. */
  deployments: z.array(timeSchema),
  /** Those of the pods that there are, old ones among them: `repository[:tag][@digest]`. */
  images: z.array(z.string()),
  deletedAt: timeSchema.optional(),
});

export type Observation = z.infer<typeof observationSchema>;

/** The sync went well, and what runs is healthy. */
export const isWell = ({ health, operation }: Observation): boolean =>
  health.status === 'Healthy' && operation?.phase === 'Succeeded';

export const isDegraded = ({ health }: Observation): boolean => health.status === 'Degraded';

export const hasFailed = ({ operation }: Observation): boolean =>
  operation?.phase === 'Failed' || operation?.phase === 'Error';

export const earliestFirst = (a: Observation, b: Observation): number =>
  Date.parse(a.observedAt) - Date.parse(b.observedAt);

/** With the first moment at which it was seen degraded by the same sync, after it was last well, among these. */
export const degradedSince = (observation: Observation, others: readonly Observation[]): Observation => {
  const before = others.filter(({ observedAt }) => observedAt < observation.observedAt).toSorted(earliestFirst);
  const first = before
    .slice(before.findLastIndex(isWell) + 1)
    .find((other) => isDegraded(other) && other.operation?.startedAt === observation.operation?.startedAt);
  const since = first?.health.since ?? observation.observedAt;
  return { ...observation, health: { ...observation.health, since } };
};
