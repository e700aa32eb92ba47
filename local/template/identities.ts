import { createHash } from 'node:crypto';

/** Where the stack pretends to be. */
export interface Place {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  readonly urlSuffix: string;
  readonly stackName: string;
  /** What queue URLs begin with. The SDK sends to the URL's host, so locally it has to be the local endpoint. */
  readonly queueUrlBase: string;
}

/** One resource, as far as other resources can refer to it. */
export interface Named {
  readonly name: string;
  readonly place: Place;
  /** Another property of the resource, resolved. */
  property(key: string): string | undefined;
}

/** What `Ref` and `Fn::GetAtt` give for a type of resource. */
interface Identity {
  /** The property with the resource's name; without one, or without a value, CloudFormation makes a name up. */
  readonly nameProperty?: string;
  readonly ref: (named: Named) => string;
  readonly attributes: Readonly<Record<string, (named: Named) => string>>;
}

const arnOf =
  (service: string, resource: (name: string) => string) =>
  ({ name, place }: Named): string =>
    `arn:${place.partition}:${service}:${place.region}:${place.account}:${resource(name)}`;

const nameOf = ({ name }: Named): string => name;

const queueUrl = ({ name, place }: Named): string => `${place.queueUrlBase}/${place.account}/${name}`;

/** The ARN of a rule names its bus, unless that is the default one; a bus may be given by name or by ARN. */
export const busNameOf = (bus: string | undefined): string => bus?.slice(bus.lastIndexOf('/') + 1) ?? 'default';

const rulePath = ({ name, property }: Named): string => {
  const bus = busNameOf(property('EventBusName'));
  return bus === 'default' ? name : `${bus}/${name}`;
};

const topicArn = arnOf('sns', (name) => name);
const functionArn = arnOf('lambda', (name) => `function:${name}`);
const layerArn = arnOf('lambda', (name) => `layer:${name}`);
const firstVersion = '1';
const withArn = (arn: (named: Named) => string): Identity['attributes'] => ({ Arn: arn });
const nothingToGet: Identity = { ref: nameOf, attributes: {} };

/** The ARN of a function by its name, by its ARN, or by a qualified ARN. */
export const functionArnOf = (reference: string, place: Place): string =>
  reference.startsWith('arn:')
    ? reference.split(':').slice(0, 7).join(':')
    : functionArn({ name: reference, place, property: () => undefined });

export const identities: Readonly<Record<string, Identity>> = {
  'AWS::Lambda::Function': { nameProperty: 'FunctionName', ref: nameOf, attributes: withArn(functionArn) },
  'AWS::Lambda::Version': {
    ref: ({ place, property }) => `${functionArnOf(property('FunctionName') ?? '', place)}:${firstVersion}`,
    attributes: { Version: () => firstVersion },
  },
  'AWS::Lambda::LayerVersion': {
    nameProperty: 'LayerName',
    ref: (named) => `${layerArn(named)}:${firstVersion}`,
    attributes: { LayerVersionArn: (named) => `${layerArn(named)}:${firstVersion}` },
  },
  'AWS::Lambda::Permission': nothingToGet,
  'AWS::Lambda::EventInvokeConfig': nothingToGet,
  'AWS::Lambda::EventSourceMapping': nothingToGet,
  'AWS::IAM::Role': {
    nameProperty: 'RoleName',
    ref: nameOf,
    attributes: withArn(({ name, place }) => `arn:${place.partition}:iam::${place.account}:role/${name}`),
  },
  'AWS::IAM::Policy': nothingToGet,
  'AWS::Events::EventBus': {
    nameProperty: 'Name',
    ref: nameOf,
    attributes: { Name: nameOf, Arn: arnOf('events', (name) => `event-bus/${name}`) },
  },
  'AWS::Events::EventBusPolicy': nothingToGet,
  'AWS::Events::Rule': {
    nameProperty: 'Name',
    ref: (named) => rulePath(named).replace('/', '|'),
    attributes: withArn((named) => arnOf('events', () => `rule/${rulePath(named)}`)(named)),
  },
  'AWS::Events::Archive': {
    nameProperty: 'ArchiveName',
    ref: nameOf,
    attributes: withArn(arnOf('events', (name) => `archive/${name}`)),
  },
  'AWS::CloudWatch::Alarm': {
    nameProperty: 'AlarmName',
    ref: nameOf,
    attributes: withArn(arnOf('cloudwatch', (name) => `alarm:${name}`)),
  },
  'AWS::CloudWatch::Dashboard': { nameProperty: 'DashboardName', ref: nameOf, attributes: {} },
  'AWS::SNS::Topic': { nameProperty: 'TopicName', ref: topicArn, attributes: { TopicArn: topicArn } },
  'AWS::SNS::Subscription': nothingToGet,
  'AWS::SQS::Queue': {
    nameProperty: 'QueueName',
    ref: queueUrl,
    attributes: { Arn: arnOf('sqs', (name) => name), QueueName: nameOf, QueueUrl: queueUrl },
  },
  'AWS::SQS::QueuePolicy': nothingToGet,
  'AWS::DynamoDB::Table': {
    nameProperty: 'TableName',
    ref: nameOf,
    attributes: withArn(arnOf('dynamodb', (name) => `table/${name}`)),
  },
  'AWS::SSM::Parameter': { nameProperty: 'Name', ref: nameOf, attributes: {} },
  'AWS::Logs::LogGroup': {
    nameProperty: 'LogGroupName',
    ref: nameOf,
    attributes: withArn(arnOf('logs', (name) => `log-group:${name}:*`)),
  },
  'AWS::S3::Bucket': {
    nameProperty: 'BucketName',
    ref: nameOf,
    attributes: withArn(({ name, place }) => `arn:${place.partition}:s3:::${name}`),
  },
  'AWS::S3::BucketPolicy': nothingToGet,
  'AWS::ApiGatewayV2::Api': {
    ref: nameOf,
    attributes: {
      ApiId: nameOf,
      ApiEndpoint: ({ name, place }) => `https://${name}.execute-api.${place.region}.${place.urlSuffix}`,
    },
  },
  'AWS::ApiGatewayV2::Stage': { nameProperty: 'StageName', ref: nameOf, attributes: {} },
  'AWS::ApiGatewayV2::Integration': nothingToGet,
  'AWS::ApiGatewayV2::Route': nothingToGet,
};

/** What CloudFormation would make up, but the same on every run; ids of HTTP APIs are ten small characters. */
export const generatedName = (type: string, logicalId: string, stackName: string): string => {
  const suffix = createHash('sha256').update(`${stackName}/${logicalId}`).digest('hex').slice(0, 10);
  if (type.startsWith('AWS::ApiGatewayV2::')) return suffix;
  const name = `${stackName}-${logicalId}-${suffix.toUpperCase()}`;
  return type === 'AWS::S3::Bucket' ? name.toLowerCase() : name;
};
