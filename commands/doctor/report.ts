import { plain } from '../words.ts';
import { areas, type Finding, isMissing } from './finding.ts';

const signOf = (finding: Finding): string => {
  if (finding.state === 'ok') return '✓';
  if (finding.state === 'unknown') return '?';
  return isMissing(finding) ? '✗' : '!';
};

/** A finding and, below it, what to do. */
const linesOf = (finding: Finding): string[] => [
  `  ${signOf(finding)} ${plain(finding.says)}`,
  ...(finding.advice === undefined ? [] : finding.advice.split('\n').map((line) => `      → ${plain(line)}`)),
];

const counted = (findings: readonly Finding[], of: (finding: Finding) => boolean, what: string): string =>
  `${findings.filter(of).length} ${what}`;

/** Findings for people: area by area, then how many of each kind. */
export const reportLines = (findings: readonly Finding[]): string[] => [
  ...areas.flatMap((area) => {
    const own = findings.filter((finding) => finding.area === area);
    return own.length === 0 ? [] : [area, ...own.flatMap(linesOf), ''];
  }),
  [
    counted(findings, isMissing, 'missing (✗)'),
    counted(findings, (one) => one.state === 'missing' && !isMissing(one), 'advised (!)'),
    counted(findings, ({ state }) => state === 'unknown', "that can't be told (?)"),
    counted(findings, ({ state }) => state === 'ok', 'as it should be (✓)'),
  ].join(', '),
];
