import { type ChildProcess, spawn } from 'node:child_process';

// A read that ends without a line means that the other end of the pipe is gone: the process that held it is over.
const script = 'read -r line || { kill -KILL "$1"; rm -rf "$2"; }';

/**
 * Sees to it that `child` and its folder do not outlive this process, even if this one is killed: a shell in a group of its
 * own waits at a pipe that closes with this process.
 */
export function guardProcess(child: ChildProcess, folder: string): void {
  if (child.pid === undefined) return;
  const guard = spawn('sh', ['-c', script, 'sh', String(child.pid), folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  // Both may fail only when the guard is gone already, and then there is nothing to tell it.
  guard.once('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  child.once('exit', () => guard.stdin.end('\n'));
}
