import type { Config } from '#shared/config/config.ts';
import { describeProblem } from '#shared/config/parse.ts';

/** More than these of one thing are counted. */
const mostChanges = 12;
const longestValue = 80;

/** Everything that has a name, by what people call it. */
const things = ({ gitops, argocd, teams, services, disabled }: Config): ReadonlyMap<string, unknown> =>
  new Map<string, unknown>([
    ...Object.values(gitops).map(({ name, ...one }): [string, unknown] => [`gitops ${name}`, one]),
    ...Object.values(argocd).map(({ name, ...one }): [string, unknown] => [`argocd ${name}`, one]),
    ...Object.values(teams).map(({ name, ...one }): [string, unknown] => [`team ${name}`, one]),
    ...services.flatMap(({ name, environments, ...service }): [string, unknown][] => [
      [`service ${name}`, service],
      ...environments.map(({ service: _, team: __, name: environment, ...one }): [string, unknown] => [
        `environment ${name}/${environment}`,
        one,
      ]),
    ]),
    ...disabled.map(({ name, problems }): [string, unknown] => [
      `switched off: ${name}`,
      { because: problems.map(describeProblem) },
    ]),
  ]);

/** Each value by its path: `smoke[0].url`. */
const leaves = (value: unknown, path = ''): [string, string][] => {
  if (Array.isArray(value) && value.length > 0)
    return value.flatMap((item, index) => leaves(item, `${path}[${index}]`));
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return Object.entries(value).flatMap(([key, item]) => leaves(item, path === '' ? key : `${path}.${key}`));
  return value === undefined ? [] : [[path, JSON.stringify(value)]];
};

const short = (text: string): string => (text.length > longestValue ? `${text.slice(0, longestValue)}…` : text);

const changesOf = (before: unknown, after: unknown): string[] => {
  const old = new Map(leaves(before));
  const now = new Map(leaves(after));
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((path) => {
    const [was, is] = [old.get(path), now.get(path)];
    return was === is ? [] : `${path}: ${short(was ?? 'nothing')} → ${short(is ?? 'nothing')}`;
  });
};

const bounded = (changes: readonly string[]): string[] =>
  changes.length <= mostChanges
    ? [...changes]
    : [...changes.slice(0, mostChanges), `and ${changes.length - mostChanges} more`];

/** What differs, a line for each thing: `+` is new, `-` is gone, and below `~` stands what of it changes. */
export const compareConfigs = (before: Config, after: Config): string[] => {
  const old = things(before);
  const now = things(after);
  return [
    ...[...now.keys()].filter((name) => !old.has(name)).map((name) => `+ ${name}`),
    ...[...old.keys()].filter((name) => !now.has(name)).map((name) => `- ${name}`),
    ...[...now].flatMap(([name, after]) => {
      const changes = old.has(name) ? changesOf(old.get(name), after) : [];
      return changes.length === 0 ? [] : [`~ ${name}`, ...bounded(changes).map((change) => `    ${change}`)];
    }),
  ];
};
