import * as z from 'zod';
import type { Model } from '../../template/model.ts';
import { AwsError } from '../aws-error.ts';
import { type Operations, parseInput } from '../endpoint/json-service.ts';
import type { Parameter, Parameters } from './parameters.ts';

const decrypted = { WithDecryption: z.boolean().default(false) };

const inputs = {
  GetParameter: z.object({ Name: z.string(), ...decrypted }),
  GetParameters: z.object({ Names: z.array(z.string()).min(1).max(10), ...decrypted }),
  GetParametersByPath: z.object({
    Path: z.string().startsWith('/'),
    Recursive: z.boolean().default(false),
    MaxResults: z.int().min(1).max(10).default(10),
    NextToken: z.string().regex(/^\d+$/).default('0'),
    ...decrypted,
  }),
  PutParameter: z.object({
    Name: z.string().min(1),
    Value: z.string().min(1),
    Type: z.enum(['String', 'StringList', 'SecureString']).optional(),
    Overwrite: z.boolean().default(false),
  }),
};

/** SSM, as the SDK's JSON protocol reaches it. */
export const createSsm = (parameters: Parameters, { region, account, partition }: Model): Operations => {
  const arnOf = (name: string): string =>
    `arn:${partition}:ssm:${region}:${account}:parameter${name.startsWith('/') ? '' : '/'}${name}`;

  const toWire = ({ name, type, value, version, modifiedAt }: Parameter, decrypt: boolean) => ({
    Name: name,
    Type: type,
    // SSM answers a secret that is not decrypted with its cipher text.
    Value: type === 'SecureString' && !decrypt ? Buffer.from(value).toString('base64') : value,
    Version: version,
    LastModifiedDate: modifiedAt / 1000,
    ARN: arnOf(name),
    DataType: 'text',
  });

  return {
    GetParameter: parseInput(inputs.GetParameter, ({ Name, WithDecryption }) => {
      const parameter = parameters.get(Name);
      if (parameter === undefined) throw new AwsError('ParameterNotFound', `Parameter ${Name} not found.`);
      return { Parameter: toWire(parameter, WithDecryption) };
    }),
    GetParameters: parseInput(inputs.GetParameters, ({ Names, WithDecryption }) => ({
      Parameters: Names.flatMap((name) => parameters.get(name) ?? []).map((one) => toWire(one, WithDecryption)),
      InvalidParameters: Names.filter((name) => parameters.get(name) === undefined),
    })),
    GetParametersByPath: parseInput(inputs.GetParametersByPath, (input) => {
      const all = parameters.under(input.Path, input.Recursive);
      const start = Number(input.NextToken);
      const end = start + input.MaxResults;
      return {
        Parameters: all.slice(start, end).map((one) => toWire(one, input.WithDecryption)),
        ...(end < all.length && { NextToken: String(end) }),
      };
    }),
    PutParameter: parseInput(inputs.PutParameter, ({ Name, Value, Type, Overwrite }) => {
      const existing = parameters.get(Name);
      if (existing !== undefined && !Overwrite) {
        throw new AwsError('ParameterAlreadyExists', 'The parameter already exists. To overwrite it, set Overwrite.');
      }
      const { version } = parameters.put(Name, Value, Type ?? existing?.type ?? 'String');
      return { Version: version, Tier: 'Standard' };
    }),
  };
};
