import type { Token } from './template-tokens.ts';
import { fieldOf, functions } from './template-values.ts';
import { NotKnownHere } from './unknown.ts';

/** What a template sees: the variables of the whole, and those that `range` made. */
export interface Scope {
  readonly dot: unknown;
  readonly variables: Readonly<Record<string, unknown>>;
}

export type Pipeline = (scope: Scope) => unknown;

/** Compiles what stands between the braces: commands joined by `|`, each a value or a function with its arguments. */
export const compilePipeline = (tokens: readonly Token[]): Pipeline => {
  let position = 0;
  const current = (): Token | undefined => tokens[position];
  const isSymbol = (text: string): boolean => current()?.kind === 'symbol' && current()?.text === text;
  const refuse = (): never => {
    throw new NotKnownHere(`"${current()?.text ?? 'nothing'}" in a template is not known here`);
  };

  const parenthesis = (): Pipeline => {
    position += 1;
    const inner = pipeline();
    if (!isSymbol(')')) refuse();
    position += 1;
    return inner;
  };

  const start = (): Pipeline => {
    const token = current();
    if (isSymbol('(')) return parenthesis();
    position += 1;
    switch (token?.kind) {
      case 'field':
        return ({ dot }) => fieldOf(dot, token.text, []);
      case 'variable':
        return ({ variables }) => variables[token.text];
      case 'string':
        return () => token.text;
      case 'number':
        return () => Number(token.text);
      case 'name':
      case 'symbol':
      case undefined:
        position -= 1;
        return refuse();
    }
  };

  /** A value with the fields and methods behind it; the arguments of a command go to its last method. */
  const operand = (isCommand: boolean): Pipeline => {
    let value = start();
    while (current()?.kind === 'field' && current()?.joined) {
      const name = current()?.text ?? '';
      position += 1;
      const isLast = !(current()?.kind === 'field' && current()?.joined);
      const given = isCommand && isLast ? rest() : [];
      const of = value;
      value = (scope) =>
        fieldOf(
          of(scope),
          name,
          given.map((argument) => argument(scope)),
        );
    }
    return value;
  };

  const rest = (): Pipeline[] => {
    const given: Pipeline[] = [];
    while (current() && !isSymbol(')') && !isSymbol('|')) given.push(operand(false));
    return given;
  };

  const command = (piped: Pipeline | undefined): Pipeline => {
    const token = current();
    if (token?.kind !== 'name') return piped ? refuse() : operand(true);
    const function_ = Object.hasOwn(functions, token.text) ? functions[token.text] : undefined;
    if (!function_) throw new NotKnownHere(`the template function ${token.text} is not known here`);
    position += 1;
    const given = [...rest(), ...(piped ? [piped] : [])];
    return (scope) => function_(...given.map((argument) => argument(scope)));
  };

  const pipeline = (): Pipeline => {
    let value = command(undefined);
    while (isSymbol('|')) {
      position += 1;
      value = command(value);
    }
    return value;
  };

  const compiled = pipeline();
  if (current()) refuse();
  return compiled;
};
