import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECRClient } from '@aws-sdk/client-ecr';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { optionsFor } from '../aws/connect.ts';
import type { LocalFairlead } from '../aws/local-fairlead.ts';
import type { Present } from '../plan/start/present.ts';
import type { Stored } from './judge/secrets.ts';

/** Everything that the doctor asks. */
export interface World {
  readonly stage: string;
  /** `/fairlead/<stage>` */
  readonly prefix: string;
  /** The stage's configuration, with what its environments use. */
  readonly present: Present;
  readonly local: LocalFairlead | undefined;
  /** Of the HTTP API, where it need not be asked for. */
  readonly api: string | undefined;
  readonly slackApi: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clients: ReturnType<typeof createClients>;
}

/** With what was found out first. */
export interface Known extends World {
  /** Undefined where SSM did not tell. */
  readonly stored: Stored | undefined;
}

export const createClients = (local: LocalFairlead | undefined) => {
  const options = optionsFor(local);
  return {
    sts: new STSClient(options),
    cloudFormation: new CloudFormationClient(options),
    cloudWatch: new CloudWatchClient(options),
    codePipeline: new CodePipelineClient(options),
    dynamoDb: new DynamoDBClient(options),
    eventBridge: new EventBridgeClient(options),
    // Else it would go to the host in the queue's URL, past any other endpoint that the environment names.
    sqs: new SQSClient({ ...options, useQueueUrlAsEndpoint: false }),
    ssm: new SSMClient(options),
    /** Registries are each in a region of their own. */
    ecr: (region: string) => new ECRClient(local ? options : { ...options, region }),
  };
};
