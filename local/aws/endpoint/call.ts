/** An action on a resource that a role has to allow. */
export interface Needed {
  readonly action: string;
  readonly resource: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** One call of an AWS API, whatever its protocol. */
export interface AwsCall {
  /** The service as IAM names it: `events`, `sqs`, `dynamodb`. */
  readonly service: string;
  readonly action: string;
  readonly input: unknown;
  /** Empty when everybody may. */
  readonly needed: readonly Needed[];
  run(): Promise<Reply>;
  /** An AwsError as this protocol answers it. */
  refuse(code: string, message: string, status: number, members?: Readonly<Record<string, unknown>>): Reply;
}
