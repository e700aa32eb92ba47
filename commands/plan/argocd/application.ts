import * as z from 'zod';

const sourceSchema = z.object({
  repoURL: z.string().catch(''),
  path: z.string().optional().catch(undefined),
  chart: z.string().optional().catch(undefined),
  ref: z.string().optional().catch(undefined),
  targetRevision: z.string().optional().catch(undefined),
  helm: z
    .object({ valueFiles: z.array(z.string()).catch([]) })
    .optional()
    .catch(undefined),
  directory: z
    .object({ recurse: z.boolean().catch(false) })
    .optional()
    .catch(undefined),
});

export type Source = z.infer<typeof sourceSchema>;

const specSchema = z.object({
  source: sourceSchema.optional(),
  sources: z.array(sourceSchema).optional(),
});

export const applicationSchema = z.object({
  apiVersion: z.string().startsWith('argoproj.io/'),
  kind: z.literal('Application'),
  metadata: z.object({ name: z.string() }),
  spec: specSchema,
});

/** An application of Argo CD as a manifest declares it. */
export interface Application {
  /** With `{{ … }}` in it where only the cluster knows. */
  readonly name: string;
  readonly file: string;
  readonly line: number;
  /** `path:line` */
  readonly where: string;
  /** The ApplicationSet that makes it. */
  readonly set?: string | undefined;
  readonly sources: readonly Source[];
}

export const sourcesOf = ({ source, sources }: z.infer<typeof specSchema>): Source[] => [
  ...(source ? [source] : []),
  ...(sources ?? []),
];

/** Whether its name is whole: one with a template in it is known to the cluster only. */
export const isCertain = ({ name }: Pick<Application, 'name'>): boolean => !name.includes('{{');
