/** What the packaged CloudFormation template says, with every name, ARN and reference resolved. */
export interface Model {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  readonly stackName: string;
  readonly functions: readonly LambdaFunction[];
  readonly permissions: readonly Permission[];
  readonly buses: readonly Bus[];
  readonly busPolicies: readonly BusPolicy[];
  readonly rules: readonly Rule[];
  readonly schedules: readonly Schedule[];
  readonly queues: readonly Queue[];
  readonly queuePolicies: readonly QueuePolicyStatement[];
  readonly queueMappings: readonly QueueMapping[];
  readonly httpApi: HttpApi | undefined;
  readonly tables: readonly Table[];
  readonly buckets: readonly Bucket[];
  readonly parameters: readonly Parameter[];
  readonly logGroups: readonly LogGroup[];
  readonly operations: Operations;
  readonly outputs: readonly Output[];
}

export interface LambdaFunction {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** The packaged zip: an absolute path when the template was read from a folder. */
  readonly artifact: string;
  /** `folder/file.export`, as Lambda has it. */
  readonly handler: string;
  readonly runtime: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly reservedConcurrency: number | undefined;
  readonly logGroup: string;
  /** The layer with git, by its ARN or where that is kept. Nothing is loaded of it: the machine's own git stands in for it. */
  readonly layers: readonly string[];
  /** The VPC's subnets that it runs in. Here it runs on loopback like all others. */
  readonly network: { readonly subnets: readonly string[]; readonly securityGroups: readonly string[] } | undefined;
  readonly role: Role;
  readonly asynchronous: AsynchronousConfig;
}

export interface Role {
  readonly name: string;
  readonly arn: string;
  readonly statements: readonly PolicyStatement[];
}

/** One statement of an identity policy; `*` and `?` are wildcards in actions and resources. */
export interface PolicyStatement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** What Lambda does with an event that it was handed asynchronously. */
export interface AsynchronousConfig {
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeSeconds: number;
  /** The queue that gets the record of a failed event. */
  readonly onFailure: string | undefined;
}

/** A resource-based statement: `principal` may invoke the function on behalf of `sourceArn`. */
export interface Permission {
  readonly logicalId: string;
  readonly functionArn: string;
  readonly principal: string;
  readonly sourceArn: string | undefined;
  readonly sourceAccount: string | undefined;
}

export interface Bus {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
}

/** Whom a bus lets put events on it, from other accounts. */
export interface BusPolicy {
  readonly bus: string;
  readonly accounts: readonly string[];
  readonly sources: readonly string[];
}

export interface Rule {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** The name of its bus; `default` without one. */
  readonly bus: string;
  readonly enabled: boolean;
  readonly pattern: Readonly<Record<string, unknown>>;
  readonly targets: readonly Target[];
}

/** A rule that fires by the clock. It is told of and checked here, and not run: whoever wants it to fire invokes its target. */
export interface Schedule extends Omit<Rule, 'pattern'> {
  /** `rate(1 day)`, `cron(0 4 * * ? *)`. */
  readonly expression: string;
}

export interface Target {
  readonly id: string;
  /** A function or a queue. */
  readonly arn: string;
  readonly deadLetterArn?: string;
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeSeconds: number;
}

export interface Queue {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  /** `/<account>/<name>`: what identifies a queue in its URL, whatever the host. */
  readonly urlPath: string;
  readonly visibilityTimeoutSeconds: number;
  readonly delaySeconds: number;
  readonly receiveWaitSeconds: number;
  readonly maximumMessageBytes: number;
  readonly retentionSeconds: number;
  readonly redrive: { readonly deadLetterArn: string; readonly maxReceiveCount: number } | undefined;
}

export interface QueuePolicyStatement {
  readonly effect: 'Allow' | 'Deny';
  /** Services such as `events.amazonaws.com`, or `*`. */
  readonly principals: readonly string[];
  readonly actions: readonly string[];
  /** The ARNs of the queues that the policy is attached to. */
  readonly queues: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: readonly Condition[];
}

export interface Condition {
  readonly operator: 'ArnEquals' | 'ArnLike' | 'StringEquals' | 'StringLike';
  readonly key: 'aws:SourceArn' | 'aws:SourceAccount';
  readonly values: readonly string[];
}

/** A function that Lambda feeds from a queue. */
export interface QueueMapping {
  readonly logicalId: string;
  readonly queueArn: string;
  readonly functionArn: string;
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly maximumConcurrency: number | undefined;
  readonly reportBatchItemFailures: boolean;
}

export interface HttpApi {
  readonly id: string;
  readonly stage: string;
  readonly throttling: { readonly burst: number; readonly rate: number } | undefined;
  readonly routes: readonly Route[];
}

export interface Route {
  readonly logicalId: string;
  /** As CloudFormation has it: `POST /webhooks/github`, `ANY /things/{id}` or `$default`. */
  readonly key: string;
  readonly functionArn: string;
  readonly timeoutMs: number;
}

export interface Table {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** The input of DynamoDB's CreateTable. */
  readonly create: TableDefinition;
  readonly ttlAttribute: string | undefined;
}

export interface TableDefinition {
  readonly TableName: string;
  readonly BillingMode: 'PAY_PER_REQUEST' | 'PROVISIONED';
  readonly AttributeDefinitions: { AttributeName: string; AttributeType: 'S' | 'N' | 'B' }[];
  readonly KeySchema: TableKey[];
  readonly GlobalSecondaryIndexes?: TableIndex[];
  readonly LocalSecondaryIndexes?: TableIndex[];
  readonly ProvisionedThroughput?: TableThroughput;
}

export interface TableKey {
  AttributeName: string;
  KeyType: 'HASH' | 'RANGE';
}

export interface TableIndex {
  IndexName: string;
  KeySchema: TableKey[];
  Projection: { ProjectionType: 'ALL' | 'KEYS_ONLY' | 'INCLUDE'; NonKeyAttributes?: string[] };
  ProvisionedThroughput?: TableThroughput;
}

export interface TableThroughput {
  ReadCapacityUnits: number;
  WriteCapacityUnits: number;
}

export interface Bucket {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly versioning: 'Enabled' | 'Suspended' | undefined;
}

/** A parameter of SSM that is no secret. */
export interface Parameter {
  readonly logicalId: string;
  readonly name: string;
  readonly type: 'String' | 'StringList';
  readonly value: string;
}

export interface LogGroup {
  readonly logicalId: string;
  readonly name: string;
  readonly retentionDays: number | undefined;
}

/** What people operate a stack by. It is described and checked here, and not run: there is no CloudWatch, SNS or replay. */
export interface Operations {
  readonly alarms: readonly Alarm[];
  readonly dashboards: readonly Dashboard[];
  readonly archives: readonly Archive[];
  readonly topics: readonly Topic[];
}

export interface Alarm {
  readonly logicalId: string;
  readonly name: string;
  readonly description: string;
  readonly metrics: readonly Metric[];
  /** Over all metrics; without one there is one metric. */
  readonly expression: string | undefined;
  /** The ARNs of topics. */
  readonly actions: readonly string[];
}

export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export interface Dashboard {
  readonly logicalId: string;
  readonly name: string;
  readonly metrics: readonly Metric[];
}

export interface Archive {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** The ARN of the bus whose events it keeps. */
  readonly busArn: string;
  readonly pattern: Readonly<Record<string, unknown>>;
  readonly retentionDays: number;
}

export interface Topic {
  readonly logicalId: string;
  readonly arn: string;
  readonly emails: readonly string[];
}

export interface Output {
  readonly logicalId: string;
  readonly value: string;
  readonly exportName: string | undefined;
}
