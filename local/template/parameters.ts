import * as z from 'zod';
import type { Parameter } from './model.ts';
import { type Reader, withoutEffect } from './reader.ts';

const parameter = z.strictObject({
  Name: z.string().optional(),
  Type: z.enum(['String', 'StringList']),
  Value: z.string(),
  Description: withoutEffect,
  Tags: withoutEffect,
});

export const readParameters = (reader: Reader): Parameter[] =>
  reader
    .of('AWS::SSM::Parameter', parameter)
    .map(({ logicalId, name, properties }) => ({ logicalId, name, type: properties.Type, value: properties.Value }));
