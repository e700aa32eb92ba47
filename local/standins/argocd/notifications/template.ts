import { compilePipeline, type Pipeline, type Scope } from './template-pipeline.ts';
import { type Part, partsOf, type Token } from './template-tokens.ts';
import { isTrue, printed } from './template-values.ts';
import { NotKnownHere } from './unknown.ts';

/** A template of Go's text/template, compiled. */
export type Template = (variables: Readonly<Record<string, unknown>>) => string;

type Node = (scope: Scope) => string;

const keywordOf = ([first]: readonly Token[]): string | undefined => (first?.kind === 'name' ? first.text : undefined);

const textOf = (nodes: readonly Node[], scope: Scope): string => nodes.map((node) => node(scope)).join('');

const range =
  (names: readonly string[], over: Pipeline, body: readonly Node[]): Node =>
  (scope) => {
    const items = over(scope) ?? [];
    if (!Array.isArray(items)) throw new Error('range over what is no list');
    const [indexName = '', valueName = ''] = names.length === 2 ? names : ['', ...names];
    return items
      .map((item: unknown, index) =>
        textOf(body, { dot: item, variables: { ...scope.variables, [indexName]: index, [valueName]: item } }),
      )
      .join('');
  };

/** `$i, $item := .list` or `.list` */
const compileRange = (tokens: readonly Token[], body: readonly Node[]): Node => {
  const assignment = tokens.findIndex(({ text, kind }) => kind === 'symbol' && text === ':=');
  const names = tokens.slice(0, Math.max(0, assignment)).flatMap(({ kind, text }) => (kind === 'variable' ? text : []));
  return range(names, compilePipeline(tokens.slice(assignment + 1)), body);
};

const condition =
  (test: Pipeline, then: readonly Node[], otherwise: readonly Node[]): Node =>
  (scope) =>
    textOf(isTrue(test(scope)) ? then : otherwise, scope);

/** Compiles the part of Go's templates that ours uses; what else there is in them is refused by name. */
export const compileTemplate = (source: string): Template => {
  const parts: readonly Part[] = partsOf(source);
  let position = 0;

  /** Up to one of these keywords, which is given back with its nodes. */
  const block = (...ends: readonly string[]): { nodes: Node[]; end: string | undefined } => {
    const nodes: Node[] = [];
    for (;;) {
      const part = parts[position];
      position += 1;
      if (part === undefined) {
        if (ends.length > 0) throw new Error('unexpected EOF');
        return { nodes, end: undefined };
      }
      const keyword = 'action' in part ? keywordOf(part.action) : undefined;
      if (keyword !== undefined && ends.includes(keyword)) return { nodes, end: keyword };
      nodes.push('text' in part ? () => part.text : action(part.action, keyword));
    }
  };

  const action = (tokens: readonly Token[], keyword: string | undefined): Node => {
    switch (keyword) {
      case 'range':
        return compileRange(tokens.slice(1), block('end').nodes);
      case 'if': {
        const then = block('else', 'end');
        const otherwise = then.end === 'else' ? block('end').nodes : [];
        return condition(compilePipeline(tokens.slice(1)), then.nodes, otherwise);
      }
      case 'with':
      case 'define':
      case 'template':
      case 'block':
      case 'else':
      case 'end':
        throw new NotKnownHere(`{{ ${keyword} }} in a template is not known here`);
      default: {
        const value = compilePipeline(tokens);
        return (scope) => printed(value(scope));
      }
    }
  };

  const { nodes } = block();
  return (variables) => textOf(nodes, { dot: variables, variables: { $: variables } });
};
