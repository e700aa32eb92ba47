import type { Check } from '#shared/config/check.ts';
import { parseKey, type Segment } from '#shared/gitops/edits/key-path.ts';
import type { Answer, Reply } from './answer.ts';
import { plain, withoutSecrets } from './plain-text.ts';

/** What an answer says about a check. */
export interface Verdict {
  readonly holds: boolean;
  /** For people, in one line: what was seen, without what the request's headers held. */
  readonly saw: string;
}

/** With twenty checks the event has to stay below the 64 KB that the bus takes, in whatever script. */
const longestUrl = 500;
const longestText = 240;
const longestExcerpt = 120;
const longestValue = 60;

const duration = (milliseconds: number): string =>
  milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${Number((milliseconds / 1000).toFixed(1))} s`;

/** `GET https://checkout.acme.dev/healthz` */
export const requestOf = ({ method, url }: Check): string => `${method} ${plain(new URL(url).href, longestUrl)}`;

/** What the check wants to see: `200 in 10 s at most, status = "ok"`. */
export const expectationOf = ({ status, text, json, latency }: Check): string => {
  const wanted = [
    `${status.join(' or ')} in ${duration(latency)} at most`,
    ...(text === undefined ? [] : [`the text "${plain(text, longestValue)}"`]),
    ...Object.entries(json).map(([path, value]) => `${path} = ${plain(JSON.stringify(value), longestValue)}`),
  ];
  return plain(wanted.join(', '), longestText);
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const follow = (value: unknown, segment: Segment): unknown => {
  if (typeof segment === 'number') return Array.isArray(value) ? value[segment] : undefined;
  return isObject(value) && Object.hasOwn(value, segment) ? value[segment] : undefined;
};

const describe = (value: unknown): string => {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'a list';
  return isObject(value) ? 'an object' : JSON.stringify(value);
};

const parseJson = (body: string): { value: unknown } | undefined => {
  try {
    return { value: JSON.parse(body) };
  } catch {
    return undefined;
  }
};

/** What is wrong with the body, a remark each. */
const bodyProblems = (
  { text, json }: Check,
  { body, cut }: Reply,
  show: (text: string, longest: number) => string,
): string[] => {
  const problems = text !== undefined && !body.includes(text) ? ['without the text'] : [];
  const wanted = Object.entries(json);
  if (wanted.length === 0) return problems;
  const parsed = parseJson(body);
  if (parsed === undefined) return [...problems, cut ? 'too long to be read as JSON' : 'no JSON'];
  const differing = wanted.flatMap(([path, expected]) => {
    const found = parseKey(path).reduce(follow, parsed.value);
    return found === expected ? [] : [`${path} is ${show(describe(found), longestValue)}`];
  });
  return [...problems, ...differing];
};

/** Whether an answer is what a check wants, and what was seen. */
export const judge = (check: Check, answer: Answer): Verdict => {
  // Hidden before it is cut: half a secret would be found by nobody.
  const show = (text: string, longest: number): string => plain(withoutSecrets(text, check.headers), longest);
  const took = duration(answer.milliseconds);
  if ('why' in answer)
    return { holds: false, saw: answer.stopped ? `no whole answer in ${took}` : show(answer.why, longestText) };
  const { status, location, body, milliseconds } = answer;
  const head = `${status}${location === undefined ? '' : ` to ${show(location, longestExcerpt)}`} in ${took}`;
  if (!check.status.includes(status) || milliseconds > check.latency) return { holds: false, saw: head };
  const problems = bodyProblems(check, answer, show);
  if (problems.length === 0) return { holds: true, saw: head };
  const excerpt = show(body, longestExcerpt) || '(empty)';
  return { holds: false, saw: plain(`${[head, ...problems].join(', ')}: ${excerpt}`, longestText) };
};
