import { expect, it } from 'vitest';
import { counted, spreadOf } from '../src/frame/spread.ts';
import { table } from '../src/frame/table.ts';

it('stands in columns, with the row named once', () => {
  const absolute = { ours: counted(1.5), baseline: counted(1_000), unit: 'ms' } as const;
  const lines = table([
    {
      row: 'list',
      findings: [
        { what: 'small', value: spreadOf([1, 1.1, 1.2]), unit: '×', atMost: 1.1, absolute },
        { what: 'calls', value: counted(12_345), unit: 'count', atMost: 1 },
        { what: 'for information', value: counted(3), unit: 'B' },
      ],
    },
  ]);
  expect(lines).toEqual([
    'row   what                 ours    baseline   value    quartiles    target  met',
    'list  small            1.500 ms  1,000.0 ms  1.10 ×  1.05 … 1.15  ≤ 1.10 ×  yes',
    '      calls                                  12,345                    ≤ 1  NO',
    '      for information                           3 B',
  ]);
});
