import { type Holdings, holdingsOf } from '../../template/holdings.ts';
import type { Model } from '../../template/model.ts';
import { parseStack, type ReadOptions, readTemplate } from '../../template/read-template.ts';
import { TemplateRefused } from '../../template/refusal.ts';
import { readResources, type StackResource } from '../../template/resources.ts';

export interface Problem {
  /** Undefined for what is about the stack as a whole. */
  readonly logicalId: string | undefined;
  readonly reason: string;
}

/** What a template says. Without a model it cannot be deployed, and there are problems. */
export interface Verdict {
  readonly resources: readonly StackResource[];
  readonly model: Model | undefined;
  readonly problems: readonly Problem[];
}

/** What is there already: of other stacks, and what stayed behind of those that are gone. */
export interface Beside {
  readonly models: readonly Model[];
  readonly retained: Holdings;
  /** Who exports a name. */
  readonly exports: ReadonlyMap<string, { readonly stack: string }>;
}

interface Named {
  readonly logicalId: string;
  readonly name: string;
}

const ofTypes = ({ archives, buckets, queues, tables }: Holdings): Readonly<Record<string, readonly Named[]>> => ({
  'AWS::Events::Archive': archives,
  'AWS::S3::Bucket': buckets,
  'AWS::SQS::Queue': queues,
  'AWS::DynamoDB::Table': tables,
});

const alreadyThere = (model: Model, { models, retained }: Beside): Problem[] => {
  const others = [...models.map(holdingsOf), retained].map(ofTypes);
  return Object.entries(ofTypes(holdingsOf(model))).flatMap(([type, items]) => {
    const taken = new Set(others.flatMap((other) => other[type] ?? []).map(({ name }) => name));
    return items
      .filter(({ name }) => taken.has(name))
      .map(({ logicalId, name }) => ({
        logicalId,
        reason: `Resource of type '${type}' with identifier '${name}' already exists.`,
      }));
  });
};

/** A table keeps its name and its data, so it cannot become another one. */
const otherTables = (model: Model, before: Model | undefined): Problem[] =>
  model.tables.flatMap(({ logicalId, name, create }) => {
    const old = before?.tables.find((table) => table.name === name);
    return old === undefined || JSON.stringify(old.create) === JSON.stringify(create)
      ? []
      : [{ logicalId, reason: `Changes of the keys, indexes or throughput of ${name} are not known here.` }];
  });

const exportedTwice = ({ outputs }: Model, { exports }: Beside): Problem[] =>
  outputs.flatMap(({ exportName = '' }) => {
    const other = exports.get(exportName);
    return other === undefined
      ? []
      : [
          {
            logicalId: undefined,
            reason: `Export with name ${exportName} is already exported by stack ${other.stack}.`,
          },
        ];
  });

const secondApi = ({ httpApi }: Model, { models }: Beside): Problem[] =>
  httpApi && models.some((other) => other.httpApi)
    ? [{ logicalId: undefined, reason: 'A second HTTP API in one account is not known here.' }]
    : [];

/** `Rule.Properties.Targets[0]: …` is about the resource `Rule`. */
const toProblem = (text: string, resources: readonly StackResource[]): Problem => {
  const [subject = ''] = text.split(/[.:[]/, 1);
  return { logicalId: resources.some(({ logicalId }) => logicalId === subject) ? subject : undefined, reason: text };
};

/** Whether a template can be deployed beside what is there, and in place of what was. */
export const judge = (template: object, options: ReadOptions, beside: Beside, before: Model | undefined): Verdict => {
  let resources: readonly StackResource[] = [];
  try {
    resources = readResources(parseStack(template, options).stack);
    const model = readTemplate(template, options);
    const problems = [
      ...alreadyThere(model, beside),
      ...otherTables(model, before),
      ...exportedTwice(model, beside),
      ...secondApi(model, beside),
    ];
    return { resources, model: problems.length === 0 ? model : undefined, problems };
  } catch (error) {
    if (!(error instanceof TemplateRefused)) throw error;
    return { resources, model: undefined, problems: error.problems.map((text) => toProblem(text, resources)) };
  }
};
