import * as z from 'zod';
import { AwsError } from '../aws-error.ts';

/** One service of the JSON protocols: called with the operation after the dot of `X-Amz-Target`, and its input. */
export type JsonService = (action: string, input: unknown) => unknown;

export type Operations = Readonly<Record<string, (input: unknown) => unknown>>;

/** An operation whose input is parsed first. */
export const parseInput =
  <Shape extends z.ZodType>(schema: Shape, work: (input: z.output<Shape>) => unknown) =>
  (input: unknown): unknown => {
    const parsed = schema.safeParse(input);
    if (!parsed.success) throw new AwsError('ValidationException', z.prettifyError(parsed.error));
    return work(parsed.data);
  };

export const serviceOf =
  (operations: Operations): JsonService =>
  (action, input) => {
    const operation = operations[action];
    if (operation === undefined) throw new AwsError('UnknownOperationException', `${action} is not known here`);
    return operation(input);
  };
