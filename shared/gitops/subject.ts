/** What may stand in braces in the subject of a commit. */
const placeholders = ['service', 'environments', 'images', 'change'] as const;

export type SubjectParts = Readonly<Record<(typeof placeholders)[number], string>>;

/** `checkout: staging to main-3f2a9c1`, or `checkout: roll staging back to main-3f2a9c1 (was main-d0267fb)`. */
export const defaultSubject = '{service}: {change}';

const pattern = /\{([^{}]*)\}/g;

const isKnown = (name: string): name is keyof SubjectParts => placeholders.some((known) => known === name);

/** What is wrong with a template, for whoever wrote it. */
export const subjectProblem = (template: string): string | undefined => {
  const unknown = [...template.matchAll(pattern)].map(([, name = '']) => name).filter((name) => !isKnown(name));
  const known = placeholders.map((name) => `{${name}}`).join(', ');
  if (unknown.length > 0) return `knows ${known}, and not ${unknown.map((name) => `{${name}}`).join(', ')}`;
  if (/[{}]/.test(template.replaceAll(pattern, ''))) return `has a brace that is not closed; it knows ${known}`;
  return /\p{Cc}/u.test(template) ? 'has more than one line' : undefined;
};

/** Replaces each placeholder once: what a value says is never looked at again. */
export const fillSubject = (template: string, parts: SubjectParts): string =>
  template.replaceAll(pattern, (whole, name: string) => (isKnown(name) ? parts[name] : whole));
