/**
 * AWS's prices on demand in us-east-1, in US dollars, without the free tier. Other regions differ.
 */
export const pricesSeen = '2026-11-24';

interface Price {
  readonly usd: number;
  readonly per: number;
  /** Where it was read; undefined for what nobody looked up again. */
  readonly source?: string;
}

const million = 1_000_000;

export const prices = {
  'Lambda requests': { usd: 0.2, per: million, source: 'cloudchipr.com/blog/aws-lambda-pricing (2025)' },
  'Lambda GB-seconds, arm64': { usd: 13.3334, per: million, source: 'cloudchipr.com/blog/aws-lambda-pricing (2025)' },
  'Lambda GB-seconds, x86_64': { usd: 16.6667, per: million, source: 'cloudchipr.com/blog/aws-lambda-pricing (2025)' },
  'EventBridge events': { usd: 1, per: million, source: 'aws.amazon.com/eventbridge/pricing' },
  'DynamoDB write units': { usd: 0.625, per: million, source: 'airbyte.com: DynamoDB pricing (July 2025)' },
  'DynamoDB read units': { usd: 0.125, per: million, source: 'airbyte.com: DynamoDB pricing (July 2025)' },
  'SQS requests': { usd: 0.4, per: million, source: 'cloudburn.io/blog/amazon-sqs-pricing (March 2026)' },
  'HTTP API requests': {
    usd: 1,
    per: million,
    source: 'appropri8-astro.pages.dev: API Gateway pricing (December 2025)',
  },
  'KMS requests': { usd: 3, per: million, source: 'cloudburn.io/blog/aws-kms-pricing (March 2026)' },
  'CloudWatch Logs GB': { usd: 0.5, per: 1 },
} as const satisfies Readonly<Record<string, Price>>;

export type Item = keyof typeof prices;

export const costOf = (item: Item, amount: number): number => (prices[item].usd / prices[item].per) * amount;
