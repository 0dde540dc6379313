/** Lines of a table whose columns are as wide as they need to be: the first leans left, the others, which count, lean right. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, cell.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

/** A bar of up to `width` blocks; a count above 0 shows at least one. */
export function bar(count: number, most: number, width: number): string {
  return count === 0 ? '' : '■'.repeat(Math.max(1, Math.round((count / most) * width)));
}
