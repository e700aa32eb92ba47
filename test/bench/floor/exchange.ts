import type { Contender, Course } from '../contender.ts';
import { type Update, withTag } from '../site/check.ts';
import { manifestOf } from '../site/layout.ts';
import { type Connection, connect } from './connection.ts';
import { askForHead, fetchObjects } from './fetch.ts';
import { entriesOf, type GitObject, idOf, withEntry } from './objects.ts';
import { pushObjects } from './push.ts';
import type { Sent } from './write-pack.ts';

/** What is known of the branch: its commit, and objects of it by id. */
interface Known {
  head: string;
  readonly objects: Map<string, GitObject>;
}

const rootOf = (commit: GitObject): string => commit.content.toString('latin1', 5, 45);

const objectOf = ({ objects }: Known, id: string): GitObject => {
  const object = objects.get(id);
  if (object === undefined) throw new Error(`${id} was not sent`);
  return object;
};

/** The objects from the root tree down to a path, as far as they are known, and the id of the first that is not. */
const walk = (known: Known, path: string) => {
  const trail: GitObject[] = [];
  let id: string | undefined = rootOf(objectOf(known, known.head));
  for (const name of [...path.split('/'), undefined]) {
    const object: GitObject | undefined = id === undefined ? undefined : known.objects.get(id);
    if (object === undefined) return { trail, missing: id };
    trail.push(object);
    id = name === undefined ? undefined : entriesOf(object.content).get(name);
  }
  return { trail, missing: undefined };
};

const remember = ({ objects }: Known, more: ReadonlyMap<string, GitObject>): void => {
  for (const [id, object] of more) objects.set(id, object);
};

/** The commit, with what of its trees the filter lets through. Forges serve no others than these two. */
const learnHead = async (connection: Connection, branch: string, filter: 'blob:none' | 'tree:0'): Promise<Known> => {
  const head = await askForHead(connection, branch);
  return { head, objects: await fetchObjects(connection, [head], ['deepen 1', `filter ${filter}`]) };
};

/** What is not known of a path: the root and what is in it one by one, then a service's folder with all that is in it. */
const learnPath = async (connection: Connection, known: Known, path: string): Promise<void> => {
  for (let { trail, missing } = walk(known, path); missing !== undefined; { trail, missing } = walk(known, path)) {
    remember(known, await fetchObjects(connection, [missing], trail.length < 2 ? ['filter tree:0'] : []));
  }
};

/** The manifest with its new tag, all trees above it, and the commit; each with what it replaces. */
const change = (known: Known, { service, tag, minute }: Update): { after: string; objects: Sent[] } => {
  const names = manifestOf(service).split('/');
  const { trail } = walk(known, manifestOf(service));
  const manifest = trail.at(-1);
  if (manifest === undefined) throw new Error(`${service} has no manifest`);
  const blob: GitObject = { kind: 'blob', content: Buffer.from(withTag(manifest.content.toString('utf8'), tag)) };
  const objects: Sent[] = [{ object: blob, base: manifest }];
  let id = idOf(blob);
  for (let at = names.length - 1; at >= 0; at -= 1) {
    const base = trail[at];
    if (base === undefined) throw new Error(`there is no folder for ${names[at]}`);
    const object: GitObject = { kind: 'tree', content: withEntry(base.content, names[at] ?? '', id) };
    id = idOf(object);
    objects.push({ object, base });
  }
  const who = `Floor <floor@acme.dev> ${1767225600 + minute * 60} +0000`;
  const text = `tree ${id}\nparent ${known.head}\nauthor ${who}\ncommitter ${who}\n\n${service}: staging to ${tag}\n`;
  const commit: GitObject = { kind: 'commit', content: Buffer.from(text) };
  return { after: idOf(commit), objects: [{ object: commit }, ...objects] };
};

const write = async (connection: Connection, known: Known, branch: string, update: Update): Promise<void> => {
  await learnPath(connection, known, manifestOf(update.service));
  const { after, objects } = change(known, update);
  await pushObjects(connection, { branch, before: known.head, after }, objects);
};

const within = async <Result>({ url }: Course, work: (connection: Connection) => Promise<Result>): Promise<Result> => {
  const connection = connect(url);
  try {
    return await work(connection);
  } finally {
    connection.close();
  }
};

/** In files: a folder after the other takes less than all trees. */
const large = 20_000;

const filterFor = (files: number) => (files > large ? 'tree:0' : 'blob:none');

/** One connection: which commit, its trees, the manifest, the push. */
export const coldFloor = (files: number): Contender => ({
  name: 'floor, cold',
  run: (course, updates) =>
    within(course, async (connection) => {
      for (const update of updates) {
        const known = await learnHead(connection, course.branch, filterFor(files));
        await write(connection, known, course.branch, update);
      }
    }),
});

/** The branch and its trees are known: one request for the manifest, unless all fits into the copy; then the push. */
export const warmFloor = (knowsAll: boolean): Contender => {
  let known: Known | undefined;
  return {
    name: 'floor, warm',
    prepare: (course, updates) =>
      within(course, async (connection) => {
        known = await learnHead(connection, course.branch, 'blob:none');
        for (const { service } of knowsAll ? updates : []) await learnPath(connection, known, manifestOf(service));
      }),
    run: (course, updates) =>
      within(course, async (connection) => {
        if (known === undefined) throw new Error('the floor was not prepared');
        for (const update of updates) await write(connection, known, course.branch, update);
      }),
  };
};
