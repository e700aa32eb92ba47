/** Each piece stands for one unit of the string that it decodes to: an escape, or a character that stands for itself. */
const pieces = /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|["\\/abefnrtv0 ])|[^\\"]/g;

/**
 * A string in double quotes with another value: what both values begin and end with keeps its bytes, so that JSON which
 * writes `\/` or `\u003c` goes on to do so.
 */
export const requoted = (source: string, present: string, value: string): string => {
  const units = source.slice(1, -1).match(pieces) ?? [];
  if (units.length !== present.length || units.join('') !== source.slice(1, -1)) return JSON.stringify(value);
  const most = Math.min(present.length, value.length);
  let start = 0;
  while (start < most && present[start] === value[start]) start += 1;
  let end = 0;
  while (end < most - start && present.at(-1 - end) === value.at(-1 - end)) end += 1;
  const middle = JSON.stringify(value.slice(start, value.length - end)).slice(1, -1);
  return `"${units.slice(0, start).join('')}${middle}${units.slice(units.length - end).join('')}"`;
};

/** Whether a string in double quotes stands as one line, each piece for one unit. */
export const isSimplyQuoted = (source: string, text: string): boolean => {
  const inside = source.slice(1, -1);
  const units = inside.match(pieces) ?? [];
  return !inside.includes('\n') && units.length === text.length && units.join('') === inside;
};
