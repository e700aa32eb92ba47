/** Something wrong with a pattern, and where: `$.detail.state[0].wildcard`. */
export interface PatternProblem {
  readonly path: string;
  readonly message: string;
}

/** Notes a problem. It gives undefined, so that a parser can return it in place of what it could not read. */
export type Report = (path: string, message: string) => undefined;

/** The path of a key: in brackets where dots and the like would mislead. */
export const pathOf = (path: string, key: string): string =>
  /^[\w$-]+$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
