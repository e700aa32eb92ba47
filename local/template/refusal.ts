import type * as z from 'zod';

/** Where in the template something stands, from its logical id on: `['Rule', 'Properties', 'Targets', 0]`. */
export type Path = readonly PropertyKey[];

/** The template says what cannot be run here; each problem begins with its logical id and path. */
export class TemplateRefused extends Error {
  override readonly name = 'TemplateRefused';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the template cannot be run:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** `Rule.Properties.Targets[0]: …` */
export const problemAt = (path: Path, message: string): string =>
  `${path.reduce<string>((text, key) => `${text}${typeof key === 'number' ? `[${key}]` : `.${String(key)}`}`, '').slice(1)}: ${message}`;

export const refuse = (path: Path, message: string): never => {
  throw new TemplateRefused([problemAt(path, message)]);
};

/** Zod's issues as problems; an unknown key is named with its own path. */
export const problemsOf = (error: z.ZodError, path: Path): string[] =>
  error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => problemAt([...path, ...issue.path, key], 'is not known here'))
      : [problemAt([...path, ...issue.path], issue.message)],
  );

/** Parses, or refuses with all problems. */
export const parseAt = <Shape extends z.ZodType>(schema: Shape, value: unknown, path: Path): z.output<Shape> => {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new TemplateRefused(problemsOf(parsed.error, path));
  return parsed.data;
};

/** Reads everything, and only then refuses what could not be read, all at once. */
export const collectRefusals = () => {
  const problems: string[] = [];
  return {
    attempt: <Result>(read: () => Result): Result[] => {
      try {
        return [read()];
      } catch (error) {
        if (!(error instanceof TemplateRefused)) throw error;
        problems.push(...error.problems);
        return [];
      }
    },
    throwIfAny: (): void => {
      if (problems.length > 0) throw new TemplateRefused([...new Set(problems)]);
    },
  };
};
