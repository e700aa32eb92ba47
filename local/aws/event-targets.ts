import { type DeliveryDependencies, Undeliverable } from '../eventbridge/delivery.ts';
import type { Lambda } from '../lambda/lambda.ts';
import type { Model, Rule, Target } from '../template/model.ts';
import { mayInvoke, maySend, type Source } from '../template/permissions.ts';
import type { Queues } from './sqs/queues.ts';

const forbidden = '#forbidden';

const onBehalfOf = (sourceArn: string): Source => ({ principal: 'events.amazonaws.com', sourceArn });

/**
 * The rules that are enabled. A delivery knows its target but not its rule, so a target whose own policy does not let
 * the rule reach it is marked here, once.
 */
export const rulesToDeliver = (model: Model): Rule[] => {
  const functions = new Set(model.functions.map(({ arn }) => arn));
  const reaches = (ruleArn: string, { arn }: Target): boolean =>
    functions.has(arn) ? mayInvoke(model, arn, onBehalfOf(ruleArn)) : maySend(model, arn, onBehalfOf(ruleArn));
  return model.rules
    .filter(({ enabled }) => enabled)
    .map((rule) => ({
      ...rule,
      targets: rule.targets.map((target) =>
        reaches(rule.arn, target) ? target : { ...target, arn: target.arn + forbidden },
      ),
    }));
};

const withoutMark = (text: string): string => text.replace(forbidden, '');

/** What rules reach: functions, and queues for events and for dead letters. */
export const createEventTargets = (
  model: Model,
  lambda: Lambda,
  queues: Queues,
): Pick<DeliveryDependencies, 'deliver' | 'deadLetter'> => {
  const functions = new Set(model.functions.map(({ arn }) => arn));
  return {
    deliver: async (targetArn, event) => {
      if (targetArn.endsWith(forbidden)) {
        throw new Undeliverable('NO_PERMISSIONS', `The policy of ${withoutMark(targetArn)} does not allow the rule.`);
      }
      if (functions.has(targetArn)) lambda.invokeLater(targetArn, JSON.stringify(event));
      else queues.byArn(targetArn).send({ body: JSON.stringify(event) });
    },
    deadLetter: async (queueArn, body, attributes) => {
      if (!maySend(model, queueArn, onBehalfOf(attributes.RULE_ARN ?? ''))) {
        throw new Undeliverable('NO_PERMISSIONS', `The policy of ${queueArn} does not allow the rule.`);
      }
      const named = Object.entries(attributes).map(([name, value]) => [
        name,
        { DataType: 'String', StringValue: withoutMark(value) },
      ]);
      queues.byArn(queueArn).send({ body, attributes: Object.fromEntries(named) });
    },
  };
};
