import { describe, expect, it } from 'vitest';
import { parseCommand, usage } from '../src/frame/command-line.ts';

const known = [
  { name: 'etcd', rows: [{ name: 'register' }, { name: 'list' }] },
  { name: 'memory', rows: [{ name: 'fold' }] },
];

describe('parseCommand', () => {
  it('runs everything when nothing is said', () => {
    expect(parseCommand([], known)).toEqual({ suites: ['etcd', 'memory'], only: [], rounds: undefined, quick: false });
  });

  it('reads backends, rows, rounds and --quick', () => {
    const args = ['etcd', '--only', 'list', '--only=register', '--rounds', '12', '--quick'];
    expect(parseCommand(args, known)).toEqual({
      suites: ['etcd'],
      only: ['list', 'register'],
      rounds: 12,
      quick: true,
    });
  });

  it.each([
    [['--fast'], /--fast/],
    [['consul'], /Unknown backend 'consul'. Known: etcd, memory/],
    [['etcd', '--only', 'fold'], /Unknown row 'fold'. Known: register, list/],
    [['--only'], /--only/],
    [['--rounds', '0'], /--rounds: expected a whole number from 1 to 9999, got '0'/],
    [['--rounds', '1.5'], /--rounds/],
    [['--rounds=-3'], /--rounds/],
  ])('refuses %j', (args, message) => {
    expect(() => parseCommand(args, known)).toThrow(TypeError);
    expect(() => parseCommand(args, known)).toThrow(message);
  });
});

it('usage names every backend and row', () => {
  expect(usage(known)).toContain('etcd: register, list');
  expect(usage(known)).toContain('memory: fold');
});
