import { lstat, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';

/** A file in the place of a snapshot that is none to be taken. */
export interface BadFile {
  readonly name: string;
  /** Puts it there, made from the text of a good one. */
  readonly put: (path: string, good: string) => Promise<unknown>;
  /** What is told of it. */
  readonly says: string;
  /** Whether a good one takes its place once there is something to save. */
  readonly becomes: 'replaced' | 'left alone';
}

export const badFiles: readonly BadFile[] = [
  {
    name: 'cut-off.json',
    put: (path, good) => writeFile(path, good.slice(0, -20)),
    says: 'its content is not what was written. A new one takes its place',
    becomes: 'replaced',
  },
  {
    name: 'flipped-bit.json',
    put: (path, good) => writeFile(path, flipped(good, good.length - 30)),
    says: 'its content is not what was written. A new one takes its place',
    becomes: 'replaced',
  },
  {
    name: 'settings-of-somebody.json',
    put: (path) => writeFile(path, '{"name":"my settings"}\n'),
    says: 'it is no snapshot of a service cache. It is left as it is, and nothing is saved: name another path',
    becomes: 'left alone',
  },
  {
    name: 'newer-version.json',
    put: (path, good) => writeFile(path, good.replace('"v":1,"scope"', '"v":2,"scope"')),
    says: 'another release has written it. It is left as it is',
    becomes: 'left alone',
  },
  {
    name: 'other-scope.json',
    put: (path, good) => writeFile(path, good.replace('"scope":""', '"scope":"staging"')),
    says: 'it belongs to another scope: see the option snapshot.scope. It is left as it is',
    becomes: 'left alone',
  },
  {
    name: 'folder.json',
    put: (path) => mkdir(path),
    says: 'it could not be read. (EISDIR',
    becomes: 'left alone',
  },
  {
    // Unreadable also to a user who may read everything.
    name: 'link-to-itself.json',
    put: (path) => symlink(path, path),
    says: 'it could not be read. (ELOOP',
    becomes: 'left alone',
  },
];

/** What stands there now. */
export async function looksOf(path: string): Promise<string> {
  const found = await lstat(path);
  if (found.isFile()) return readFile(path, 'utf8');
  return found.isDirectory() ? 'a folder' : 'a link';
}

function flipped(text: string, index: number): string {
  const bytes = Buffer.from(text);
  bytes.writeUInt8(bytes.readUInt8(index) ^ 1, index);
  return bytes.toString();
}
