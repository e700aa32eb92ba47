import picomatch from 'picomatch';
import { parse } from 'yaml';
import * as z from 'zod';
import type { Snapshot } from '#shared/gitops/snapshot.ts';
import { folderOf, nameOf } from '../repository.ts';
import { normalize, type Parameters, render } from './render.ts';

const patternsSchema = z.array(z.object({ path: z.string(), exclude: z.boolean().optional() }));

const recordSchema = z.record(z.string(), z.unknown());

const gitSchema = z.object({ directories: patternsSchema.optional(), files: patternsSchema.optional() });

const generatorSchema = z.object({
  list: z.object({ elements: z.array(recordSchema) }).optional(),
  git: gitSchema.optional(),
  matrix: z.object({ generators: z.array(z.unknown()) }).optional(),
});

const elementsSchema = z.union([z.array(recordSchema), recordSchema]);

/** The most that generators are multiplied to. */
const most = 5000;

/** What only a cluster, or another service, can tell: nothing is filled in. */
const unknown: readonly Parameters[] = [{}];

const pathParameters = (path: string) => ({
  path,
  basename: nameOf(path),
  basenameNormalized: normalize(nameOf(path)),
  segments: path.split('/'),
});

const matching = (paths: readonly string[], patterns: z.infer<typeof patternsSchema>): string[] => {
  const of = (exclude: boolean) =>
    patterns.filter((pattern) => (pattern.exclude ?? false) === exclude).map(({ path }) => picomatch(path));
  const [included, excluded] = [of(false), of(true)];
  return paths.filter((path) => included.some((is) => is(path)) && !excluded.some((is) => is(path)));
};

const elementsIn = (content: Buffer | undefined): Parameters[] => {
  try {
    const { data } = elementsSchema.safeParse(parse(content?.toString() ?? ''));
    return data === undefined ? [] : [data].flat();
  } catch {
    return [];
  }
};

const fromGit = ({ directories, files }: z.infer<typeof gitSchema>, snapshot: Snapshot): readonly Parameters[] => {
  const paths = [...snapshot.entries];
  const named = (mode: string): string[] =>
    paths.flatMap(([path, entry]) => (entry.mode.startsWith(mode) ? [path] : []));
  return [
    ...matching(directories ? named('040') : [], directories ?? []).map((path) => ({ path: pathParameters(path) })),
    ...matching(files ? named('100') : [], files ?? []).flatMap((file) =>
      elementsIn(snapshot.contents.get(file)).map((element) => ({
        ...element,
        path: { ...pathParameters(folderOf(file)), filename: nameOf(file) },
      })),
    ),
  ];
};

/** The parameters that a generator gives, as far as the repository alone can tell. */
export const parametersOf = (generator: unknown, snapshot: Snapshot): readonly Parameters[] => {
  const { list, git, matrix } = generatorSchema.safeParse(generator).data ?? {};
  if (list) return list.elements;
  if (git) return fromGit(git, snapshot);
  if (!matrix) return unknown;
  return matrix.generators.reduce<readonly Parameters[]>(
    (before, next) =>
      before
        .flatMap((outer) => parametersOf(render(next, outer), snapshot).map((inner) => ({ ...outer, ...inner })))
        .slice(0, most),
    unknown,
  );
};
