import fc from 'fast-check';

/** A worker dies of the nth such call that its function makes, before the call has its effect or after it. */
export interface Crash {
  readonly function: string;
  /** `service:Action` */
  readonly call: string;
  readonly nth: number;
  readonly phase: 'before' | 'after';
}

export type SlackTrouble = 'rate-limited' | 'status' | 'refused' | 'answer-lost' | 'late';

export interface PlannedPush {
  readonly service: string;
  /** Before it, in ms. */
  readonly pause: number;
  /** What becomes of its webhook: how late it is sent, and whether it is sent again or, at first, not at all. */
  readonly webhook: { readonly delay: number; readonly fate: 'once' | 'twice' | 'lost' };
}

/** Everything that a seed decides: what is pushed, and what goes wrong on the way. */
export interface Plan {
  readonly pushes: readonly PlannedPush[];
  /** For each event and target in turn the copies that are delivered, each after so many ms. */
  readonly copies: readonly (readonly number[])[];
  readonly crashes: readonly Crash[];
  /** The entries of PutEvents that the bus rejects, counted from 1. */
  readonly rejections: readonly number[];
  /** By the number of the call to Slack. */
  readonly slack: readonly { readonly call: number; readonly trouble: SlackTrouble }[];
  /** For each notification of Argo CD in turn. */
  readonly notifications: readonly ('late' | 'twice' | 'well')[];
}

const services = ['checkout', 'ledger', 'storefront'];

const remembering = ['dynamodb:PutItem', 'dynamodb:UpdateItem'];

/** The calls before and after which a function may die, and how many of each there are to choose from. */
const mortal: readonly { readonly name: string; readonly calls: readonly string[]; readonly most: number }[] = [
  { name: 'github-webhook', calls: ['events:PutEvents'], most: 4 },
  {
    name: 'pipeline-trigger',
    calls: ['codepipeline:StartPipelineExecution', 'events:PutEvents', ...remembering],
    most: 4,
  },
  { name: 'codepipeline-events', calls: ['dynamodb:Query', 'events:PutEvents', ...remembering], most: 20 },
  { name: 'ecr-events', calls: ['dynamodb:Query', 'events:PutEvents', ...remembering], most: 6 },
  { name: 'image-policy', calls: ['events:PutEvents', ...remembering], most: 5 },
  // Before it publishes it has pushed to Git, before it remembers that it is done it has published.
  { name: 'image-tag-updater', calls: ['events:PutEvents', 'events:PutEvents', ...remembering], most: 5 },
  { name: 'argocd-sync', calls: ['events:PutEvents', ...remembering], most: 5 },
  { name: 'argocd-webhook', calls: ['dynamodb:Query', 'events:PutEvents', ...remembering], most: 10 },
  // Around its updates it writes to Slack.
  {
    name: 'deploy-notifier',
    calls: ['dynamodb:Query', 'dynamodb:PutItem', ...Array(3).fill('dynamodb:UpdateItem')],
    most: 60,
  },
  { name: 'event-log', calls: remembering, most: 60 },
  { name: 'smoke-test', calls: ['dynamodb:PutItem', 'events:PutEvents'], most: 4 },
  { name: 'rollback-trigger', calls: ['dynamodb:PutItem', 'events:PutEvents', ...remembering], most: 3 },
];

const crash: fc.Arbitrary<Crash> = fc.constantFrom(...mortal).chain(({ name, calls, most }) =>
  fc.record({
    function: fc.constant(name),
    call: fc.constantFrom(...calls),
    nth: fc.integer({ min: 1, max: most }),
    phase: fc.constantFrom('before' as const, 'after' as const),
  }),
);

const delay = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 400 }));

type Fate = PlannedPush['webhook']['fate'];

const pushWith = (fate: fc.Arbitrary<Fate>): fc.Arbitrary<PlannedPush> =>
  fc.record({
    service: fc.constantFrom(...services),
    pause: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1500 })),
    webhook: fc.record({ delay: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1200 })), fate }),
  });

/** Of every plan's pushes one at least has a webhook that does not just come once. */
const pushes = fc
  .tuple(
    fc.array(pushWith(fc.constantFrom<Fate[]>('once', 'once', 'twice', 'lost')), {
      minLength: 2,
      maxLength: 3,
      size: 'max',
    }),
    pushWith(fc.constantFrom<Fate[]>('twice', 'lost')),
  )
  .map(([some, one]) => [...some, one]);

const trouble = fc.record({
  call: fc.integer({ min: 1, max: 40 }),
  trouble: fc.constantFrom<SlackTrouble[]>('rate-limited', 'status', 'refused', 'answer-lost', 'late'),
});

const many = { minLength: 64, maxLength: 64, size: 'max' } as const;

const plan: fc.Arbitrary<Plan> = fc.record({
  pushes,
  copies: fc.array(fc.array(delay, { minLength: 1, maxLength: 3, size: 'max' }), many),
  crashes: fc.array(crash, { minLength: 5, maxLength: 9, size: 'max' }),
  rejections: fc.uniqueArray(fc.integer({ min: 1, max: 150 }), { minLength: 4, maxLength: 12, size: 'max' }),
  slack: fc.uniqueArray(trouble, { minLength: 2, maxLength: 6, size: 'max', selector: ({ call }) => call }),
  notifications: fc.array(fc.constantFrom('late' as const, 'twice' as const, 'well' as const), many),
});

/** The same seed, the same plan. */
export const planOf = (seed: number): Plan => {
  const [planned] = fc.sample(plan, { seed, numRuns: 1 });
  if (planned === undefined) throw new Error('fast-check gave no sample');
  return planned;
};
