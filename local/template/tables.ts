import * as z from 'zod';
import type { Table } from './model.ts';
import { integer, type Reader, type Resource, withoutEffect } from './reader.ts';

const throughput = z.strictObject({ ReadCapacityUnits: integer(1), WriteCapacityUnits: integer(1) });
const keySchema = z
  .array(z.strictObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }))
  .min(1)
  .max(2);

const index = z.strictObject({
  IndexName: z.string(),
  KeySchema: keySchema,
  Projection: z.strictObject({
    ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
    NonKeyAttributes: z.array(z.string()).exactOptional(),
  }),
  ProvisionedThroughput: throughput.exactOptional(),
});

const table = z.strictObject({
  TableName: z.string().optional(),
  BillingMode: z.enum(['PAY_PER_REQUEST', 'PROVISIONED']).default('PROVISIONED'),
  AttributeDefinitions: z.array(z.strictObject({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) })),
  KeySchema: keySchema,
  GlobalSecondaryIndexes: z.array(index).exactOptional(),
  LocalSecondaryIndexes: z.array(index).exactOptional(),
  ProvisionedThroughput: throughput.exactOptional(),
  TimeToLiveSpecification: z.strictObject({ AttributeName: z.string(), Enabled: z.boolean() }).optional(),
  PointInTimeRecoverySpecification: withoutEffect,
  SSESpecification: withoutEffect,
  DeletionProtectionEnabled: withoutEffect,
  TableClass: withoutEffect,
  Tags: withoutEffect,
});

const toTable = ({ logicalId, name, attribute, properties }: Resource<z.output<typeof table>>): Table => {
  const { BillingMode, AttributeDefinitions, KeySchema, TimeToLiveSpecification: ttl } = properties;
  const { GlobalSecondaryIndexes, LocalSecondaryIndexes, ProvisionedThroughput } = properties;
  return {
    logicalId,
    name,
    arn: attribute('Arn'),
    create: {
      TableName: name,
      BillingMode,
      AttributeDefinitions,
      KeySchema,
      ...(GlobalSecondaryIndexes && { GlobalSecondaryIndexes }),
      ...(LocalSecondaryIndexes && { LocalSecondaryIndexes }),
      ...(ProvisionedThroughput && { ProvisionedThroughput }),
    },
    ttlAttribute: ttl?.Enabled ? ttl.AttributeName : undefined,
  };
};

export const readTables = (reader: Reader): Table[] => reader.of('AWS::DynamoDB::Table', table).map(toTable);
