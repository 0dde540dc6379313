import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { platform } from 'node:process';

/**
 * The local ports of the TCP connections that a process has open. Only on Linux, and only of one's own processes.
 */
export function tcpPortsOf(pid: number): ReadonlySet<number> {
  if (platform !== 'linux') throw new Error('Only on Linux can it be told whose a connection is.');
  const inodes = socketInodesOf(pid);
  const ports = new Set<number>();
  for (const table of ['tcp', 'tcp6'])
    for (const { port, inode } of connectionsIn(`/proc/net/${table}`)) if (inodes.has(inode)) ports.add(port);
  return ports;
}

function socketInodesOf(pid: number): ReadonlySet<string> {
  const folder = `/proc/${pid}/fd`;
  const inodes = new Set<string>();
  for (const descriptor of orNothing(() => readdirSync(folder), [])) {
    const link = orNothing(() => readlinkSync(`${folder}/${descriptor}`), '');
    const inode = /^socket:\[(\d+)\]$/.exec(link)?.[1];
    if (inode !== undefined) inodes.add(inode);
  }
  return inodes;
}

/** The process may end, and a descriptor be closed, while they are read. */
function orNothing<T>(read: () => T, nothing: T): T {
  try {
    return read();
  } catch {
    return nothing;
  }
}

function connectionsIn(table: string): readonly { readonly port: number; readonly inode: string }[] {
  return readFileSync(table, 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns.length > 9)
    .map((columns) => ({ port: Number.parseInt(columns[1]?.split(':')[1] ?? '', 16), inode: columns[9] ?? '' }));
}
