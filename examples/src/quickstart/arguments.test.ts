import { describe, expect, test } from 'vitest';
import { readArguments, type Request } from './arguments.ts';

describe('the arguments of the demo', () => {
  test.each<[line: string, request: Request]>([
    ['', { type: 'memory' }],
    ['--backend memory', { type: 'memory' }],
    ['--backend etcd', { type: 'server', backend: 'etcd', url: undefined }],
    ['--backend=consul', { type: 'server', backend: 'consul', url: undefined }],
    ['--backend etcd --url etcd://10.0.0.1/demo', { type: 'server', backend: 'etcd', url: 'etcd://10.0.0.1/demo' }],
    ['--url consul://h --backend consul', { type: 'server', backend: 'consul', url: 'consul://h' }],
    ['--help', { type: 'help' }],
    ['-h', { type: 'help' }],
  ])("'%s' is understood", (line, request) => {
    expect(readArguments(words(line))).toEqual(request);
  });

  test.each([
    ['--backend redis', "Unknown backend 'redis'; there are memory, etcd and consul"],
    ['--backend Etcd', "Unknown backend 'Etcd'"],
    ['--backend', "'--backend <value>'"],
    ['--backend --url etcd://10.0.0.1', "Option '--backend' argument is ambiguous"],
    ['--bakcend etcd', "Unknown option '--bakcend'"],
    ['-x', "Unknown option '-x'"],
    ['etcd', "Unexpected argument 'etcd'"],
    ['--help=yes', "'-h, --help'"],
    ['--url etcd://10.0.0.1', '--url goes with --backend etcd or consul'],
    ['--backend memory --url etcd://10.0.0.1', '--url goes with --backend etcd or consul'],
  ])("'%s' is wrong, and it is said why", (line, why) => {
    expect(readArguments(words(line))).toEqual({ type: 'wrong', why: expect.stringContaining(why) });
  });

  test('a URL of something else is wrong, and is not shown: it may hold a password', () => {
    const request = readArguments(words('--backend etcd --url https://app:secret@10.0.0.1'));
    expect(request).toEqual({ type: 'wrong', why: '--url must begin with etcd://' });
    const other = readArguments(words('--backend consul --url etcd://10.0.0.1'));
    expect(other).toEqual({ type: 'wrong', why: '--url must begin with consul://' });
  });
});

function words(line: string): readonly string[] {
  return line.split(' ').filter((word) => word !== '');
}
