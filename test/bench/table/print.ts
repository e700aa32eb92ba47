const note = [
  'Times are medians of interleaved runs; a ratio is the median of the rounds’ ratios. In brackets: HTTP requests + connections.',
  'The milliseconds of a row are added round-trip time. "Rival" is clone, edit, commit, push with simple-git where nothing else is named.',
];

const markdown = (lines: readonly (readonly string[])[]): string[] => {
  const [heads = [], ...rows] = lines;
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [row(heads), row(heads.map(() => '---')), ...rows.map(row)];
};

/** Columns as wide as what is in them. */
const plain = (lines: readonly (readonly string[])[]): string[] => {
  const widths = (lines[0] ?? []).map((_, at) => Math.max(...lines.map((cells) => cells[at]?.length ?? 0)));
  return lines.map((cells) =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
};

/** The whole table, heads first, with what one must know to read it. */
export const printed = (
  lines: readonly (readonly string[])[],
  obstacles: readonly string[],
  machine: string,
  asMarkdown: boolean,
): string => [machine, '', ...(asMarkdown ? markdown : plain)(lines), '', ...note, ...obstacles].join('\n');
