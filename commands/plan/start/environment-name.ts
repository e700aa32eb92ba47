import { nameOf } from '../repository.ts';

/** What people call their environments. */
const words = new Set(
  'acc acceptance canary demo dev devel develop development int integration live load nonprod perf preprod preview prd prod production qa sandbox stage staging stg test testing tst uat'.split(
    ' ',
  ),
);

/** Folders in which each is an environment. */
const shelves = new Set(['overlays', 'environments', 'environment', 'envs', 'env', 'stages', 'clusters', 'instances']);

/** What a file's name says beside its environment. */
const kinds = /^(values|images?|tags?|versions?|kustomization|application|applicationset|app|helmrelease|release)$/;

/** A text as a name of the configuration; empty if none is left. */
export const toName = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 63)
    .replace(/-+$/, '');

const tokensOf = (text: string): string[] => text.split(/[-_.]+/).filter((token) => token !== '');

/** `values-prod-eu.yaml` without what is no environment; of the service's own name nothing is left either. */
const stemOf = (file: string, service: string): string => {
  const stem = nameOf(file).replace(/\.(ya?ml|json)$/i, '');
  const own = new Set(tokensOf(service));
  return tokensOf(stem)
    .filter((token) => !kinds.test(token.toLowerCase()) && (!own.has(token) || words.has(token)))
    .join('-');
};

const isWord = (step: string): boolean => words.has(step.toLowerCase());

/** `prod-eu` and `eu-prod`; a service's own name is none, even where it is `load-balancer`. */
const hasWord = (step: string, service: string): boolean => {
  const tokens = tokensOf(step.toLowerCase());
  return step !== service && tokens.length <= 3 && [tokens[0], tokens.at(-1)].some((token) => words.has(token ?? ''));
};

export interface EnvironmentName {
  readonly name: string;
  /** Nothing in the path says it. */
  readonly guessed: boolean;
}

/** The environment that a file is of, by where it lies and how it is called. */
export const environmentOf = (file: string, service: string): EnvironmentName => {
  const folders = file.split('/').slice(0, -1);
  const stem = stemOf(file, service);
  const steps = stem === '' ? folders : [...folders, stem];
  const shelved = steps.filter((_, at) => shelves.has(folders[at - 1]?.toLowerCase() ?? ''));
  const found =
    shelved.findLast((step) => hasWord(step, service)) ??
    steps.findLast(isWord) ??
    steps.findLast((step) => hasWord(step, service)) ??
    shelved.at(-1);
  const name = toName(found ?? '');
  return name === '' ? { name: 'default', guessed: true } : { name, guessed: false };
};

/** What tells files of one environment apart: the steps of the way to each that the others do not have. */
export const distinctions = (files: readonly string[], environment: string): string[] => {
  const steps = files.map((file) => file.replace(/\.(ya?ml|json)$/i, '').split('/'));
  const isCommon = (step: string): boolean => steps.every((others) => others.includes(step));
  return steps.map((own) =>
    toName(own.filter((step) => !isCommon(step) && toName(step) !== environment && !kinds.test(step)).join('-')),
  );
};
