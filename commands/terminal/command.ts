import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import * as z from 'zod';
import { nameSchema } from '#events/event.ts';
import { Failure } from '../failure.ts';

/** What can be typed of one command. */
export interface Command<Wanted> {
  readonly name: string;
  readonly help: string;
  readonly options: ParseArgsOptionsConfig;
  readonly schema: z.ZodType<Wanted>;
  /** What it takes without a dash, in this order. @default a service and an environment, of a stage */
  readonly operands?: readonly string[];
}

/** What every command takes. */
export const placeShape = { service: nameSchema, environment: nameSchema, stage: nameSchema };

/** What every command takes that puts something on the bus. */
export const actingShape = {
  ...placeShape,
  target: nameSchema.optional(),
  why: z.string().trim().min(1).max(500).optional(),
  actor: z.string().trim().min(1).max(100).optional(),
  yes: z.boolean().default(false),
};

export const actingOptions = {
  target: { type: 'string' },
  why: { type: 'string' },
  actor: { type: 'string' },
  yes: { type: 'boolean', short: 'y' },
} satisfies ParseArgsOptionsConfig;

export const actingHelp = `  --target <name>    which of the service's images, where it has several
  --why "<words>"    is kept in the log and shown in Slack
  --actor <name>     who you are, if not whom AWS (locally: this machine) knows you as
  --yes, -y          don't ask; needed where nobody can be asked
  --help, -h         this`;

/** An image as people name it. */
export const imageNameSchema = z
  .string()
  .regex(
    /^([A-Za-z0-9_][A-Za-z0-9._-]{0,127}|sha256:[0-9a-f]{7,64})$/,
    'wants a tag, or a digest (sha256: and seven digits at least)',
  );

const ofAPlace = ['service', 'environment'];

const misuse = ({ name, operands, options }: Command<unknown>, problems: readonly string[]): Failure => {
  const named = (operands ?? ofAPlace).map((operand) => ` <${operand}>`).join('');
  const usage = `npm run ${name} --${named}${operands === undefined || options.stage ? ' --stage <stage>' : ''}`;
  return new Failure(`${problems.join('\n')}\n\n${usage}    (npm wants the -- before options; --help tells more)`, {
    code: 2,
  });
};

/** `a service and an environment are` */
const oneOfEach = (operands: readonly string[]): string =>
  `${operands.map((name) => `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`).join(' and ')} ${operands.length > 1 ? 'are' : 'is'}`;

const problemIn = (
  { path, message }: z.core.$ZodIssue,
  given: Readonly<Record<string, unknown>>,
  operands: readonly string[],
): string => {
  const name = String(path[0]);
  if (path.length === 0) return message;
  const option = operands.includes(name) ? `<${name}>` : `--${name}`;
  return given[name] === undefined ? `${option} is missing.` : `${option} ${message}.`;
};

/** Reads what was typed. `'help'` if that was asked for; else a `Failure` says all that is wrong with it. */
export const parseCommand = <Wanted>(command: Command<Wanted>, args: readonly string[]): Wanted | 'help' => {
  const options: ParseArgsOptionsConfig = {
    ...command.options,
    ...(command.operands === undefined && { stage: { type: 'string' } }),
    help: { type: 'boolean', short: 'h' },
  };
  const typed = () => {
    try {
      return parseArgs({ args: [...args], options, allowPositionals: true });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw misuse(command, [message.replace(/(?<='[^']*')\. To specify .*/s, '.')]);
    }
  };
  const { positionals, values } = typed();
  const { help, ...named } = values;
  if (help) return 'help';
  const { operands = ofAPlace } = command;
  const more = positionals.slice(operands.length);
  const given: Readonly<Record<string, unknown>> = {
    ...named,
    ...Object.fromEntries(operands.map((operand, at) => [operand, positionals[at]])),
  };
  const { data, error } = command.schema.safeParse(given);
  const problems = [
    ...(more.length > 0
      ? [
          `${more.join(' ')}: ${operands.length > 0 ? `only ${oneOfEach(operands)} named` : 'wants an option before it'}.`,
        ]
      : []),
    ...(error?.issues.map((issue) => problemIn(issue, given, operands)) ?? []),
  ];
  if (data === undefined || problems.length > 0) throw misuse(command, problems);
  return data;
};
