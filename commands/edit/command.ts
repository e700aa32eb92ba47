import { join } from 'node:path';
import * as z from 'zod';
import { digestSchema, tagSchema } from '#events/image.ts';
import type { Edit } from '#shared/gitops/intent.ts';
import { Refused } from '#shared/gitops/refused.ts';
import { unifiedDiff } from '#shared/gitops/unified-diff.ts';
import { Failure } from '../failure.ts';
import { runHere } from '../terminal/run.ts';
import { type Session, say } from '../terminal/session.ts';
import { type Asked, planEdit } from './plan-edit.ts';
import { findTarget, readTarget, type Target } from './read-target.ts';
import { replaceFile } from './replace-file.ts';

const help = `npm run edit -- <path> (--image <name> | --key <dotted.path>) --to <value> [--write]

Prints the change that Fairlead would commit to a file, or to what a folder holds: a kustomization, Helm values or manifests.

  --image <name>     which image, without its tag: registry.example/checkout
  --key <path>       or which place in a file: ledger.image, apps[0].image, images.acme\\.dev/web.tag
  --to <value>       the image's new tag, also as tag@sha256:…; or what the key shall say
  --write            change the file, too
  --help, -h         this

Exit code 0: it changes. 3: it says so already. 2: refused, or typed wrong; nothing was touched.`;

const imageTag = (to: string): { tag: string; digest: string | undefined } | undefined => {
  const [tag = '', digest, ...more] = to.split('@');
  const fits = tagSchema.safeParse(tag).success && (digest === undefined || digestSchema.safeParse(digest).success);
  return fits && more.length === 0 ? { tag, digest } : undefined;
};

const schema = z
  .object({
    path: z.string().min(1),
    image: z.string().min(1).max(500).optional(),
    key: z.string().min(1).max(500).optional(),
    to: z.string().min(1).max(500),
    write: z.boolean().default(false),
  })
  .transform(({ path, image, key, to, write }, context): { path: string; asked: Asked; write: boolean } => {
    if (image === undefined && key !== undefined) return { path, write, asked: { key, value: to } };
    const tag = imageTag(to);
    if (image !== undefined && key === undefined && tag) return { path, write, asked: { image, ...tag } };
    if (image !== undefined && key === undefined)
      context.addIssue({ code: 'custom', path: ['to'], message: 'wants a tag, or tag@sha256:<64 hex digits>' });
    else context.addIssue('Either --image or --key says what is edited.');
    return z.NEVER;
  });

const refusalsTold = async <T>(act: () => Promise<T>): Promise<T> => {
  try {
    return await act();
  } catch (error) {
    throw error instanceof Refused ? new Failure(error.message, { code: 2, cause: error }) : error;
  }
};

const changesTo = async (target: Target, asked: Asked) => {
  const edit: Edit = target.isFolder ? { path: target.path } : { file: target.path };
  const { contents, entries } = await readTarget(target, edit);
  return planEdit(edit, asked, { contents, entries }).flatMap(({ path, content }) => {
    const before = contents.get(path);
    return before === undefined || before.equals(content) ? [] : [{ path, before, after: content }];
  });
};

const command = {
  name: 'edit',
  help,
  operands: ['path'],
  options: {
    image: { type: 'string' },
    key: { type: 'string' },
    to: { type: 'string' },
    write: { type: 'boolean' },
  },
  schema,
} as const;

/** Edits as a person typed it; the exit code. */
export const edit = (session: Session): Promise<number> =>
  runHere(command, session, async ({ path: typed, asked, write }, { env, stdout, stderr }) => {
    // npm runs its scripts in the package's folder, and tells where it was called.
    const target = await findTarget(typed, env.INIT_CWD ?? process.cwd());
    const changes = await refusalsTold(() => changesTo(target, asked));
    if (changes.length === 0) {
      say(stderr, 'Nothing to change: it says so already.');
      return 3;
    }
    for (const { path, before, after } of changes) {
      if (write) await replaceFile(join(target.root, path), before, after);
      stdout.write(unifiedDiff(path, before, after));
    }
    return 0;
  });
