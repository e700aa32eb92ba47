import { isRecord, NotKnownHere } from './unknown.ts';

/** Go's `time.Time`, as far as templates use it. */
export interface GoTime {
  readonly kind: 'time';
  readonly milliseconds: number;
}

export const goTime = (milliseconds: number): GoTime => ({ kind: 'time', milliseconds });

const isGoTime = (value: unknown): value is GoTime =>
  isRecord(value) && value.kind === 'time' && typeof value.milliseconds === 'number';

const layouts: Readonly<Record<string, (time: Date) => string>> = {
  '2006-01-02T15:04:05.000Z07:00': (time) => time.toISOString(),
  '2006-01-02T15:04:05Z07:00': (time) => `${time.toISOString().slice(0, 19)}Z`,
};

/** A field of a map or a method of a time. What a map does not have is nothing, and so are its fields. */
export const fieldOf = (value: unknown, name: string, given: readonly unknown[]): unknown => {
  if (value === undefined) return undefined;
  if (isGoTime(value)) {
    if (name === 'UTC') return value;
    const format = name === 'Format' ? layouts[String(given[0])] : undefined;
    if (format) return format(new Date(value.milliseconds));
    throw new NotKnownHere(`the template's ${name} ${given.join(' ')} of a time is not known here`);
  }
  if (isRecord(value)) return Object.hasOwn(value, name) ? value[name] : undefined;
  throw new Error(`can't evaluate field ${name} in type ${value === null ? 'nil' : typeof value}`);
};

/** Go's text of a value in a template. */
export const printed = (value: unknown): string => {
  if (value === undefined || value === null) return '<no value>';
  if (['string', 'number', 'boolean'].includes(typeof value)) return String(value);
  throw new NotKnownHere('printing a map or a list without toJson is not known here');
};

/** Go's truth: nothing, empty and zero are false. */
export const isTrue = (value: unknown): boolean => {
  if (Array.isArray(value)) return value.length > 0;
  return isRecord(value) ? Object.keys(value).length > 0 : Boolean(value);
};

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, field]) => [key, sorted(field)]),
  );
};

const escapes = /[<>&\u2028\u2029]/g;

/** Go's json.Marshal: keys in order, and HTML's characters escaped. */
const toJson = (value: unknown): string =>
  JSON.stringify(sorted(value) ?? null).replace(
    escapes,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

const wantText = (value: unknown): string => {
  if (typeof value === 'string') return value;
  throw new Error(`wrong type for value; expected string; got ${typeof value}`);
};

/** Sprig's `trunc` counts bytes, and may cut a character in two. */
const trunc = (length: unknown, value: unknown): string =>
  Buffer.from(wantText(value)).subarray(0, Number(length)).toString('utf8');

const call = (callee: unknown, ...given: readonly unknown[]): unknown => {
  if (typeof callee !== 'function') throw new Error('call of what is no function');
  const result: unknown = callee(...given);
  return result;
};

/** The functions of Go's templates and Sprig that our template uses. */
export const functions: Readonly<Record<string, (...given: readonly unknown[]) => unknown>> = {
  toJson,
  trunc,
  default: (fallback, value) => (isTrue(value) ? value : fallback),
  call,
};
