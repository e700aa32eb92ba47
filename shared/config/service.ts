import validRange from 'semver/ranges/valid.js';
import * as z from 'zod';
import { nameSchema } from '#events/event.ts';
import { imageRepositorySchema } from '#events/image.ts';
import { modeSchema } from '#events/images.ts';
import { checkSchema } from './check.ts';
import { branchSchema } from './gitops.ts';
import { rollbackSchema, strategySchema } from './platform.ts';

const isRegularExpression = (text: string): boolean => {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
};

/** A path inside a repository: relative, and never out of it. */
const pathSchema = z
  .string()
  .min(1)
  .max(1024)
  .refine(
    (path) => !path.startsWith('/') && !path.split('/').includes('..') && !path.includes('\\'),
    'leaves the repository',
  );

/**
 * Which tags an environment wants, and which of their images is the newest: of those that a pattern matches, the one whose commit
 * was pushed last, or that came into the registry last; of those in a SemVer range, the highest version.
 */
const tagsSchema = z.union(
  [
    z.strictObject({
      /** With the commit in its group `commit`, if tags have one. */
      pattern: z.string().max(200).refine(isRegularExpression, 'is not a regular expression'),
      newest: z.enum(['commit', 'registry']).optional(),
    }),
    z.strictObject({
      semver: z
        .string()
        .max(200)
        .refine((range) => validRange(range) !== null, 'is not a SemVer range'),
    }),
  ],
  'wants either `pattern` or `semver`',
);

const environmentSchema = z
  .strictObject({
    mode: modeSchema.optional(),
    gitops: nameSchema.optional(),
    /** The folder whose contents decide how it is edited … */
    path: pathSchema.optional(),
    /** With `path`: an image that the folder's kustomization has no entry for gets one. Refused if not given. */
    addMissing: z.boolean().optional(),
    /** … or the very files, for each image; it is found there, or a key names its place. */
    edits: z
      .array(z.strictObject({ file: pathSchema, key: z.string().min(1).max(500).optional(), image: nameSchema }))
      .min(1)
      .optional(),
    /** Argo CD's names; `<instance>/<name>` where it is not the default instance. */
    applications: z
      .array(z.string().regex(/^([a-z0-9-]+\/)?[a-z0-9.-]{1,253}$/, 'is not the name of an application'))
      .default([]),
    tags: tagsSchema.optional(),
    /** Write `tag@digest` where the format allows it. */
    pin: z.boolean().default(false),
    /** What is asked of a deployment before it counts as proven. */
    smoke: z.array(checkSchema).max(20).default([]),
    rollback: rollbackSchema.optional(),
    /** Straight to the branch, or by a pull request that a person merges. */
    strategy: strategySchema.optional(),
    /** The one stage of Fairlead that acts on this environment; the one that carries this configuration if not given. */
    stage: nameSchema.optional(),
  })
  .refine(({ path, edits }) => (path === undefined) !== (edits === undefined), 'wants either `path` or `edits`')
  .refine(({ path, addMissing }) => addMissing === undefined || path !== undefined, {
    path: ['addMissing'],
    message: 'needs `path`: an entry is added to the kustomization in that folder',
  });

export const serviceSchema = z.strictObject({
  team: nameSchema,
  source: z
    .strictObject({
      repository: z.url({ protocol: /^https$/ }),
      branch: branchSchema.default('main'),
      /** Globs; a push that changes none of them does not concern the service. All paths if not given. */
      paths: z.array(z.string().min(1).max(500)).default([]),
    })
    .optional(),
  build: z
    .strictObject({
      /** The pipeline, and the name of its source action, whose own change detection is off. */
      codepipeline: z.strictObject({
        pipeline: z.string().regex(/^[A-Za-z0-9.@_-]{1,100}$/),
        source: z.string().min(1).max(100),
      }),
    })
    .optional(),
  /** `registry/repository` of each image, by the name that edits use. */
  images: z
    .record(nameSchema, imageRepositorySchema)
    .refine((images) => Object.keys(images).length > 0, 'names no image'),
  environments: z.record(nameSchema, environmentSchema),
});

export type ServiceFile = z.infer<typeof serviceSchema>;
