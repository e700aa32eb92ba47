import { compile } from './compile.ts';
import { fieldsOf } from './fields.ts';
import { branchMatches } from './match.ts';
import type { PatternProblem } from './report.ts';

/** A pattern that EventBridge would refuse; the message names every problem with its path. */
export class InvalidPattern extends Error {
  readonly problems: readonly PatternProblem[];

  constructor(problems: readonly PatternProblem[]) {
    super(problems.map(({ path, message }) => `${path} ${message}`).join('; '));
    this.name = 'InvalidPattern';
    this.problems = problems;
  }
}

export interface Pattern {
  /** Throws a TypeError if the event isn't an object. */
  matches(event: unknown): boolean;
}

/**
 * Reads an event pattern once for many events, or throws InvalidPattern. The semantics are those of AWS's own engine
 * (github.com/aws/event-ruler), which decides over key order and array elements as EventBridge does.
 */
export const compilePattern = (pattern: unknown): Pattern => {
  const { branches, problems } = compile(pattern);
  if (problems.length > 0) throw new InvalidPattern(problems);
  return {
    matches: (event) => {
      const fields = fieldsOf(event);
      return branches.some((branch) => branchMatches(branch, fields));
    },
  };
};

/** Whether EventBridge would send the event to a rule with this pattern. Throws InvalidPattern. */
export const matches = (pattern: unknown, event: unknown): boolean => compilePattern(pattern).matches(event);

/** What is wrong with a pattern, each problem with its path; empty if EventBridge takes it. */
export const problemsOf = (pattern: unknown): readonly PatternProblem[] => compile(pattern).problems;
