import { figure, quartiles } from './figures.ts';
import { type Finding, isMet } from './finding.ts';

/** The findings of one row. */
export interface RowFindings {
  readonly row: string;
  readonly findings: readonly Finding[];
}

const heading = ['row', 'what', 'ours', 'baseline', 'value', 'quartiles', 'target', 'met'];

/** Columns of words; all others are of figures, and stand to the right. */
const words = new Set(['row', 'what', 'met']);

/** The findings as lines of text, in columns. */
export function table(rows: readonly RowFindings[]): readonly string[] {
  const cells = rows.flatMap(({ row, findings }) =>
    findings.map((finding, index) => [index === 0 ? row : '', ...cellsOf(finding)]),
  );
  const all = [heading, ...cells];
  const widths = heading.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0)));
  return all.map((line) =>
    line
      .map((cell, column) => aligned(cell, column, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function cellsOf(finding: Finding): readonly string[] {
  const { what, value, unit, atMost, absolute } = finding;
  const met = isMet(finding);
  return [
    what,
    absolute === undefined ? '' : figure(absolute.ours.median, absolute.unit),
    absolute === undefined ? '' : figure(absolute.baseline.median, absolute.unit),
    figure(value.median, unit),
    quartiles(value, unit),
    atMost === undefined ? '' : `≤ ${figure(atMost, unit)}`,
    met === undefined ? '' : met ? 'yes' : 'NO',
  ];
}

function aligned(cell: string, column: number, width: number): string {
  return words.has(heading[column] ?? '') ? cell.padEnd(width) : cell.padStart(width);
}
