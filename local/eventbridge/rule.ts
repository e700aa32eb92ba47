/** A rule as the template has it. */
export interface RuleModel {
  readonly name: string;
  readonly arn: string;
  /** The name or the ARN of its bus. */
  readonly bus: string;
  readonly pattern: unknown;
  readonly targets: readonly TargetModel[];
}

/** A target gets the whole event: whoever reads the template refuses Input, InputPath and InputTransformer by name. */
export interface TargetModel {
  readonly id: string;
  readonly arn: string;
  /** A standard queue. */
  readonly deadLetterArn?: string;
  /** 0 to 185, AWS's default. */
  readonly maximumRetryAttempts: number;
  /** 60 to 86400, AWS's default. */
  readonly maximumEventAgeSeconds: number;
}

/** An event as EventBridge sends it to a target. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601, to the second. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}
