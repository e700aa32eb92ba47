import * as z from 'zod';
import { AwsError } from './aws-error.ts';
import { type Operations, parseInput } from './endpoint/json-service.ts';

const input = z.object({ repositoryNames: z.array(z.string()).min(1) });

/** ECR while there is nothing in it: Serverless asks, when it removes a stack, whether there was an image of its own. */
export const createEmptyEcr = (): Operations => ({
  DescribeRepositories: parseInput(input, ({ repositoryNames: [name] }) => {
    throw new AwsError('RepositoryNotFoundException', `The repository with name '${name}' does not exist`);
  }),
});
