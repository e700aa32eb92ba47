import { type AnyEvent, anyEventSchema } from '#events/event.ts';
import type { Fairlead } from '../fairlead.ts';

/** What was seen of a run, from outside the functions. */
export interface Witness {
  /** Each event once, in the order in which it was first put on the bus. */
  readonly events: readonly AnyEvent[];
  /** Ids that were put twice with different bytes: a retry must say the same. */
  readonly contradictions: readonly string[];
  /** What could not be delivered or handled. */
  readonly failures: readonly string[];
  /** The manifests before anything was pushed, by `<gitops>:<file>`. */
  readonly before: ReadonlyMap<string, string>;
}

/** The manifests of every GitOps repository as they are now. */
export const readManifests = async ({
  world,
  gitops,
}: Pick<Fairlead, 'world' | 'gitops'>): Promise<Map<string, string>> => {
  const manifests = new Map<string, string>();
  for (const [name, { files }] of Object.entries(world.gitops)) {
    for (const file of Object.keys(files)) {
      const content = await gitops.get(name)?.read(file);
      manifests.set(`${name}:${file}`, content?.toString('utf8') ?? '');
    }
  }
  return manifests;
};

/** The same witness, but for what stands in Git now. */
export const lookAgain = async (fairlead: Fairlead, witness: Witness): Promise<Witness> => ({
  ...witness,
  before: await readManifests(fairlead),
});

/** Watches from now on. */
export const createWitness = async (fairlead: Fairlead): Promise<Witness> => {
  const events: AnyEvent[] = [];
  const contradictions: string[] = [];
  const failures: string[] = [];
  const bytes = new Map<string, string>();
  fairlead.cloud.onEvent(({ event: { detail }, bus, busExists }) => {
    if (!busExists) failures.push(`an event was put on ${bus}, which does not exist`);
    const { data: event } = anyEventSchema.safeParse(detail);
    if (event === undefined) return;
    const said = JSON.stringify(detail);
    const before = bytes.get(event.id);
    if (before === undefined) events.push(event);
    else if (before !== said) contradictions.push(`${event.type} ${event.id}`);
    bytes.set(event.id, said);
  });
  fairlead.cloud.onFailure(({ function: name, reason }) => failures.push(`${name}: ${reason}`));
  fairlead.cloud.onLost((loss) => failures.push(`lost: ${JSON.stringify(loss)}`));
  return { events, contradictions, failures, before: await readManifests(fairlead) };
};
