import picomatch from 'picomatch';

const isNegated = (glob: string): boolean => glob.startsWith('!') && !glob.startsWith('!(');

/**
 * Reads globs as GitHub Actions does: in their order, the last that matches decides, and `!` takes paths out again. Without
 * any, or with negated ones first, every path matches until one says otherwise. `**` goes into folders that begin with a dot.
 */
export const createPathFilter = (globs: readonly string[]): ((path: string) => boolean) => {
  const rules = globs.map((glob) => {
    const negated = isNegated(glob);
    return { negated, matches: picomatch(negated ? glob.slice(1) : glob, { dot: true, nonegate: true }) };
  });
  const unlessSaidOtherwise = rules[0]?.negated ?? true;
  return (path) => {
    const deciding = rules.findLast(({ matches }) => matches(path));
    return deciding ? !deciding.negated : unlessSaidOtherwise;
  };
};
