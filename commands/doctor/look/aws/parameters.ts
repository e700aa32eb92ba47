import { GetParametersCommand, type SSMClient } from '@aws-sdk/client-ssm';
import type { Stored, StoredSecret } from '../../judge/secrets.ts';

/** As many as SSM gives at once. */
const most = 10;

/** Those of the parameters below a prefix that are set, by their paths. */
export const readParameters = async (
  client: SSMClient,
  prefix: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<Stored> => {
  const found = new Map<string, StoredSecret>();
  for (let start = 0; start < paths.length; start += most) {
    const names = paths.slice(start, start + most).map((path) => `${prefix}/${path}`);
    const command = new GetParametersCommand({ Names: names, WithDecryption: true });
    const { Parameters = [] } = await client.send(command, { abortSignal: signal });
    for (const { Name = '', Type = '', Value = '', LastModifiedDate } of Parameters)
      found.set(Name.slice(prefix.length + 1), { type: Type, value: Value, modified: LastModifiedDate });
  }
  return found;
};
