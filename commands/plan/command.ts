import { resolve } from 'node:path';
import * as z from 'zod';
import { nameSchema } from '#events/event.ts';

const help = `npm run plan -- --gitops <folder> [--config <fairlead.yaml>] [--json]

Reads a GitOps repository, and tells what Fairlead would do to it: where each image stands, what would be refused and
why, which applications of Argo CD deploy it, and a configuration to start with. It changes nothing and needs no network.

  --gitops <folder>         a clone of the GitOps repository; of several <name>=<folder>, once for each
  --config <fairlead.yaml>  the configuration; without it everything is new
  --json                    for programs (npm run -s keeps npm's own words out of it)
  --help, -h                this`;

const folderSchema = z
  .string()
  .min(1)
  .transform((given, context) => {
    const [, name, folder] = /^([^=/\\]+)=(.+)$/.exec(given) ?? [];
    if (name === undefined || folder === undefined) return { folder: given };
    const { error } = nameSchema.safeParse(name);
    if (error) context.addIssue(`${name}=…: a repository's name ${error.issues[0]?.message}`);
    return { name, folder };
  });

const areNamed = (folders: readonly { readonly name?: string | undefined }[]): boolean => {
  const names = folders.map(({ name }) => name);
  return folders.length < 2 || (!names.includes(undefined) && new Set(names).size === names.length);
};

const foldersSchema = z
  .array(folderSchema)
  .refine(areNamed, 'needs a name for each of several repositories: --gitops main=<folder> --gitops platform=<folder>');

/** What is typed; paths are seen from the folder in which it was. */
export const planCommand = (from: string) => ({
  name: 'plan',
  help,
  operands: [],
  options: {
    config: { type: 'string' },
    gitops: { type: 'string', multiple: true },
    json: { type: 'boolean' },
  } as const,
  schema: z.object({
    config: z
      .string()
      .min(1)
      .optional()
      .transform((path) => (path === undefined ? undefined : resolve(from, path))),
    gitops: foldersSchema.transform((all) => all.map((one) => ({ ...one, folder: resolve(from, one.folder) }))),
    json: z.boolean().default(false),
  }),
});
