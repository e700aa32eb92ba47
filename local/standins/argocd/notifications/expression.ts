import { isRecord, NotKnownHere } from './unknown.ts';

/** An expression of expr-lang, compiled. Throws as expr-lang does, e.g. for a field of nil. */
export type Expression = (variables: Readonly<Record<string, unknown>>) => unknown;

type Token = { readonly kind: 'name' | 'string' | 'symbol' | 'end'; readonly text: string };

const tokenPattern =
  /\s*(?:(?<name>[A-Za-z_]\w*)|'(?<single>[^'\\]*)'|"(?<double>[^"\\]*)"|(?<symbol>==|!=|\?\.|&&|\|\||[.+!()[\],]))/y;

const tokensOf = (source: string): Token[] => {
  const tokens: Token[] = [];
  const pattern = new RegExp(tokenPattern);
  const text = source.trim();
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const groups = pattern.exec(text)?.groups;
    if (!groups)
      throw new NotKnownHere(`"${text.slice(at, at + 20).trim()}" in the expression "${source}" is not known here`);
    if (groups.name !== undefined) tokens.push({ kind: 'name', text: groups.name });
    else if (groups.symbol !== undefined) tokens.push({ kind: 'symbol', text: groups.symbol });
    else tokens.push({ kind: 'string', text: groups.single ?? groups.double ?? '' });
  }
  return [...tokens, { kind: 'end', text: 'the end' }];
};

const fieldOf = (value: unknown, name: string): unknown => {
  if (isRecord(value)) return value[name];
  throw new Error(`cannot fetch ${name} from ${value === undefined || value === null ? '<nil>' : typeof value}`);
};

const isNil = (value: unknown): boolean => value === undefined || value === null;

const equal = (a: unknown, b: unknown): boolean => (isNil(a) ? isNil(b) : a === b);

const truth = (value: unknown): boolean => {
  if (typeof value === 'boolean') return value;
  throw new Error(`invalid operation: ${typeof value} is no bool`);
};

const add = (a: unknown, b: unknown): unknown => {
  if (typeof a === 'string' && typeof b === 'string') return a + b;
  throw new Error(`invalid operation: ${isNil(a) ? '<nil>' : typeof a} + ${isNil(b) ? '<nil>' : typeof b}`);
};

const literals: Readonly<Record<string, unknown>> = { nil: undefined, true: true, false: false };

/** Compiles the part of expr-lang that our triggers use; what else there is in it is refused by name. */
export const compileExpression = (source: string): Expression => {
  const tokens = tokensOf(source);
  let position = 0;
  const current = (): Token => tokens[position] ?? { kind: 'end', text: 'the end' };
  const takes = (...texts: readonly string[]): boolean => {
    if (current().kind === 'string' || !texts.includes(current().text)) return false;
    position += 1;
    return true;
  };
  const refuse = (): never => {
    throw new NotKnownHere(`"${current().text}" in the expression "${source}" is not known here`);
  };
  const want = (text: string): void => {
    if (!takes(text)) refuse();
  };

  const list = (): Expression => {
    const items: Expression[] = [];
    while (!takes(']')) {
      items.push(disjunction());
      if (!takes(',')) {
        want(']');
        break;
      }
    }
    return (variables) => items.map((item) => item(variables));
  };

  const primary = (): Expression => {
    const { kind, text } = current();
    if (takes('(')) {
      const inner = disjunction();
      want(')');
      return inner;
    }
    if (takes('[')) return list();
    if (kind !== 'string' && kind !== 'name') return refuse();
    position += 1;
    if (kind === 'string') return () => text;
    return Object.hasOwn(literals, text) ? () => literals[text] : (variables) => variables[text];
  };

  const member = (): Expression => {
    let value = primary();
    while (takes('.', '?.')) {
      const optional = tokens[position - 1]?.text === '?.';
      const { kind, text } = current();
      if (kind !== 'name') refuse();
      position += 1;
      if (current().text === '(' && current().kind === 'symbol') refuse();
      const of = value;
      value = (variables) => {
        const holder = of(variables);
        return optional && isNil(holder) ? undefined : fieldOf(holder, text);
      };
    }
    return value;
  };

  const unary = (): Expression => {
    if (!takes('!', 'not')) return member();
    const operand = unary();
    return (variables) => !truth(operand(variables));
  };

  const sum = (): Expression => {
    let left = unary();
    while (takes('+')) {
      const [a, b] = [left, unary()];
      left = (variables) => add(a(variables), b(variables));
    }
    return left;
  };

  const comparison = (): Expression => {
    const left = sum();
    if (takes('==', '!=')) {
      const same = tokens[position - 1]?.text === '==';
      const right = sum();
      return (variables) => equal(left(variables), right(variables)) === same;
    }
    if (!takes('in')) return left;
    const right = sum();
    return (variables) => {
      const items = right(variables);
      const value = left(variables);
      return Array.isArray(items) && items.some((item) => equal(item, value));
    };
  };

  const conjunction = (): Expression => {
    let left = comparison();
    while (takes('and', '&&')) {
      const [a, b] = [left, comparison()];
      left = (variables) => truth(a(variables)) && truth(b(variables));
    }
    return left;
  };

  const disjunction = (): Expression => {
    let left = conjunction();
    while (takes('or', '||')) {
      const [a, b] = [left, conjunction()];
      left = (variables) => truth(a(variables)) || truth(b(variables));
    }
    return left;
  };

  const expression = disjunction();
  if (current().kind !== 'end') refuse();
  return expression;
};
