const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { parse } = require('yaml');

const root = join(__dirname, '..');

/** A rule's dimensions in CloudWatch: with its bus, unless that is the default one. */
const ruleOf = (stage, name, ours) => ({
  RuleName: name,
  ...(ours && { EventBusName: `fairlead-${stage}` }),
});

const rulesIn = (stage, name, { function: { events }, resources }) => [
  // Named by serverless, which counts triggers of every kind.
  ...events.flatMap(({ eventBridge }, index) =>
    eventBridge === undefined
      ? []
      : [ruleOf(stage, `fairlead-${stage}-${name}-rule-${index + 1}`, eventBridge.eventBus)],
  ),
  ...Object.values(resources.Resources)
    .filter(({ Type }) => Type === 'AWS::Events::Rule')
    .map(({ Properties }) => {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is serverless's
      const ruleName = Properties.Name.replace('${sls:stage}', stage);
      return ruleOf(stage, ruleName, Properties.EventBusName);
    }),
];

/** Every function of the stack, by its folder: its name, its rules, and whether Lambda keeps what it failed on. */
module.exports = (stage) =>
  readdirSync(join(root, 'functions'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      // CloudFormation's tags say nothing that is needed here.
      const file = parse(readFileSync(join(root, 'functions', name, 'function.yml'), 'utf8'), { logLevel: 'silent' });
      return {
        name,
        rules: rulesIn(stage, name, file),
        hasDestination: file.function.destinations !== undefined,
        takesWebhooks: file.function.events.some(({ httpApi }) => httpApi !== undefined),
      };
    });
