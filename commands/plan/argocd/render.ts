/** What a generator gives to a template: nested as Go templates see it. */
export interface Parameters {
  readonly [name: string]: unknown;
}

const isRecord = (value: unknown): value is Parameters =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const at = (value: unknown, steps: readonly string[]): unknown =>
  steps.reduce<unknown>((from, step) => (isRecord(from) && Object.hasOwn(from, step) ? from[step] : undefined), value);

const segmentsOf = (parameters: Parameters): readonly unknown[] => {
  const segments = at(parameters, ['path', 'segments']);
  return Array.isArray(segments) ? segments : [];
};

/** What Argo CD makes of a text for a name: `basenameNormalized`, and the function `normalize`. */
export const normalize = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]/g, '-')
    .slice(0, 253)
    .replaceAll(/^[-.]+|[-.]+$/g, '');

const functions: Readonly<Record<string, (text: string) => string>> = {
  normalize,
  lower: (text) => text.toLowerCase(),
  trim: (text) => text.trim(),
};

/** One expression's value, or undefined where it can't be told. Go templates start with a dot; the older ones do not. */
const evaluate = (expression: string, parameters: Parameters): unknown => {
  const [first = '', ...pipes] = expression.split('|').map((part) => part.trim());
  const segment = /^(?:index \.path\.segments (\d+)|path\[(\d+)\])$/.exec(first);
  const name = first === 'path' ? 'path.path' : first.replace(/^\./, '');
  const value = segment
    ? segmentsOf(parameters)[Number(segment[1] ?? segment[2])]
    : /^[\w.-]+$/.test(name)
      ? at(parameters, name.split('.'))
      : undefined;
  return pipes.reduce<unknown>((text, pipe) => {
    const apply = Object.hasOwn(functions, pipe) ? functions[pipe] : undefined;
    return typeof text === 'string' ? apply?.(text) : undefined;
  }, value);
};

const renderText = (text: string, parameters: Parameters): string =>
  text.replaceAll(/\{\{-?\s*(.*?)\s*-?\}\}/g, (whole, expression: string) => {
    const value = evaluate(expression, parameters);
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? `${value}` : whole;
  });

/** A template with the parameters filled in; what can't be told stays as it is, with its braces. */
export const render = (template: unknown, parameters: Parameters): unknown => {
  if (typeof template === 'string') return renderText(template, parameters);
  if (Array.isArray(template)) return template.map((item) => render(item, parameters));
  if (!isRecord(template)) return template;
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, render(value, parameters)]));
};
