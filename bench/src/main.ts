import { argv, stderr } from 'node:process';
import { balancerSuite } from './balancer/balancer-suite.ts';
import { clientsSuite } from './clients/clients-suite.ts';
import { consulSuite } from './consul/consul-suite.ts';
import { etcdSuite } from './etcd/etcd-suite.ts';
import { memorySuite } from './memory/memory-suite.ts';
import { type Command, parseCommand, usage } from './frame/command-line.ts';
import { Progress } from './frame/progress.ts';
import { circumstances, writeResult } from './frame/result-file.ts';
import type { Suite } from './frame/suite.ts';
import { type RowFindings, table } from './frame/table.ts';

const suites: readonly Suite[] = [memorySuite, balancerSuite, clientsSuite, etcdSuite, consulSuite];

const command = commandFrom(argv.slice(2));
if (command !== undefined)
  for (const suite of suites) if (command.suites.includes(suite.name)) await run(suite, command);

function commandFrom(args: readonly string[]): Command | undefined {
  try {
    return parseCommand(args, suites);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage(suites)}`);
    process.exitCode = 2;
    return undefined;
  }
}

async function run(suite: Suite, { only, rounds, quick }: Command): Promise<void> {
  const rows = suite.rows.filter(({ name }) => only.length === 0 || only.includes(name));
  if (rows.length === 0) return;
  const circumstance = circumstances(await suite.against());
  const done: RowFindings[] = [];
  {
    using progress = new Progress(stderr);
    for (const row of rows) {
      const name = `${suite.name}-${row.name}`;
      const findings = await row.run({ rounds, quick, progress: (text) => progress.show(`${name}: ${text}`) });
      await writeResult(name, circumstance, findings);
      done.push({ row: row.name, findings });
    }
  }
  const { against, node, cores, cpu } = circumstance;
  console.log(`${suite.name}: against ${against}, on Node ${node}, ${cores} cores (${cpu})\n`);
  for (const line of table(done)) console.log(line);
}
