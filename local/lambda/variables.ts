import type { LambdaFunction } from '../template/model.ts';

/** Where one execution environment stands. */
export interface Surroundings {
  readonly region: string;
  /** The AWS endpoint that every SDK client in the function talks to. */
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly taskRoot: string;
  /** The environment's own scratch folder: its TMPDIR and HOME. */
  readonly scratch: string;
  readonly logStream: string;
  /** The machine's PATH: where programs that a function starts are found. */
  readonly path: string;
}

/** Everything a function sees of its environment: what Lambda sets, and its own variables. Nothing of ours gets in. */
export const variablesOf = (
  { name, memoryMb, handler, runtime, logGroup, environment }: LambdaFunction,
  { region, endpoint, accessKeyId, taskRoot, scratch, logStream, path }: Surroundings,
): Record<string, string> => ({
  LANG: 'en_US.UTF-8',
  TZ: ':UTC',
  PATH: path,
  HOME: scratch,
  TMPDIR: scratch,
  LAMBDA_TASK_ROOT: taskRoot,
  _HANDLER: handler,
  AWS_LAMBDA_FUNCTION_NAME: name,
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
  AWS_LAMBDA_LOG_GROUP_NAME: logGroup,
  AWS_LAMBDA_LOG_STREAM_NAME: logStream,
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_ENDPOINT_URL: endpoint,
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: 'local',
  ...environment,
});
