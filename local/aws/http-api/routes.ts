import type { Route } from '../../template/model.ts';

export interface Matched {
  readonly route: Route;
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface Candidate extends Matched {
  /** Lower is more specific. */
  readonly rank: number;
}

const segmentsOf = (path: string): string[] => path.split('/').slice(1);

const parametersIn = (pattern: string, path: string): Record<string, string> | undefined => {
  const wanted = segmentsOf(pattern);
  const given = segmentsOf(path);
  const parameters: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const [, name, greedy] = /^\{([^}+]+)(\+?)\}$/.exec(segment) ?? [];
    const value = given[index];
    if (value === undefined || (name !== undefined && value === '')) return undefined;
    if (name !== undefined && greedy) return { ...parameters, [name]: given.slice(index).join('/') };
    if (name !== undefined) parameters[name] = value;
    else if (segment !== value) return undefined;
  }
  return wanted.length === given.length ? parameters : undefined;
};

const candidate = (route: Route, method: string, path: string): Candidate | undefined => {
  if (route.key === '$default') return { route, pathParameters: {}, rank: Number.POSITIVE_INFINITY };
  const [wanted, pattern = ''] = route.key.split(' ');
  const pathParameters = wanted === method || wanted === 'ANY' ? parametersIn(pattern, path) : undefined;
  if (pathParameters === undefined) return undefined;
  const greedy = pattern.endsWith('+}') ? 1000 : 0;
  const variables = Object.keys(pathParameters).length * 10;
  return { route, pathParameters, rank: greedy + variables + (wanted === 'ANY' ? 1 : 0) };
};

/** The route that API Gateway picks: full matches before path variables before greedy ones, `$default` last. */
export const matchRoute = (routes: readonly Route[], method: string, path: string): Matched | undefined =>
  routes
    .flatMap((route) => candidate(route, method, path) ?? [])
    .toSorted((one, other) => one.rank - other.rank)
    .at(0);
