/** Stands for the SDK's event streams in the bundles: `sdk-in-lambda.ts` says why. */
const refuse = (): never => {
  throw new Error('An AWS operation with an event stream is called, and build/sdk-in-lambda.ts left those out.');
};

export const eventStreamSerdeProvider = refuse;

export class EventStreamSerde {
  constructor() {
    refuse();
  }
}

export const resolveEventStreamSerdeConfig = <Config>(config: Config): Config => config;
