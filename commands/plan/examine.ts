import type { Config, Environment, Service } from '#shared/config/config.ts';
import { apply } from '#shared/gitops/apply.ts';
import type { Intent, Written } from '#shared/gitops/intent.ts';
import type { Snapshot } from '#shared/gitops/snapshot.ts';
import { changedLines, type Line } from './changed-lines.ts';
import { createNarrow } from './narrow.ts';
import { next } from './next-image.ts';

/** What the writer would say to a new image at one place. */
export type Verdict =
  | { readonly verdict: 'writes'; readonly written: Written; readonly lines: readonly Line[] }
  | { readonly verdict: 'refuses'; readonly code: string; readonly message: string }
  /** No folder was given for its repository. */
  | { readonly verdict: 'unseen' };

/** One image of a service in one environment. */
export interface Examined {
  readonly environment: Environment;
  readonly target: string;
  readonly repository: string;
  readonly verdict: Verdict;
}

const probe = (environment: Environment, target: string, repository: string): Intent => ({
  event: 'plan',
  time: next.order,
  chain: 'plan',
  service: environment.service,
  environment: environment.name,
  target,
  actor: 'plan',
  image: { repository, tag: next.tag, digest: next.digest },
  order: next.order,
  reason: 'published',
  mode: 'observe',
  pin: environment.pin,
  edits: environment.edits.flatMap((edit): Intent['edits'] => {
    if ('path' in edit) return [edit];
    return edit.image === target ? [{ file: edit.file, key: edit.key }] : [];
  }),
});

const isManifest = (path: string): boolean => !path.startsWith('.fairlead/');

type Narrow = ReturnType<typeof createNarrow>;

/** Asks the writer itself, whose answer is thrown away. */
const verdictOn = (intent: Intent, snapshot: Snapshot): Verdict => {
  const applied = apply(intent, snapshot);
  switch (applied.applied) {
    case 'refused':
      return { verdict: 'refuses', code: applied.code, message: applied.message };
    case 'unchanged':
      return { verdict: 'writes', written: { tag: next.tag }, lines: [] };
    case 'changed': {
      const changed = [...applied.snapshot.contents].filter(([path]) => isManifest(path));
      const lines = changed.flatMap(([path, after]) => changedLines(path, snapshot.contents.get(path), after));
      return { verdict: 'writes', written: applied.before, lines };
    }
  }
};

/** Where an environment has no edit for an image, it does not want it. */
const wants = ({ edits }: Environment, target: string): boolean =>
  edits.some((edit) => 'path' in edit || edit.image === target);

const examineService = ({ images, environments }: Service, narrows: ReadonlyMap<string, Narrow>): Examined[] =>
  environments.flatMap((environment) =>
    Object.entries(images)
      .filter(([target]) => wants(environment, target))
      .map(([target, repository]) => {
        const narrow = narrows.get(environment.gitops);
        const intent = probe(environment, target, repository);
        const verdict: Verdict = narrow ? verdictOn(intent, narrow(intent)) : { verdict: 'unseen' };
        return { environment, target, repository, verdict };
      }),
  );

/** What would happen to each image of each environment that is configured. */
export const examine = (
  { services }: Pick<Config, 'services'>,
  snapshots: ReadonlyMap<string, Snapshot>,
): Examined[] => {
  const narrows = new Map([...snapshots].map(([name, snapshot]) => [name, createNarrow(snapshot)]));
  return services.flatMap((service) => examineService(service, narrows));
};
