import { createRegistry } from '@rollcall/core';
import fc from 'fast-check';
import { ConformanceError } from '../conformance-error.ts';
import type { Harness } from '../harness.ts';
import { seededRandom } from '../seeded-random.ts';
import { type CreateRegistry, Stage } from '../stage.ts';
import { watchDelayOf } from '../watch-delay.ts';
import { assemble } from './assemble.ts';
import { anyCommand } from './commands.ts';
import { type Delay, DelayedDriver } from './delayed-driver.ts';
import { comeToRest, sayGoodbye } from './finale.ts';
import { failureMessage, type Replay, replayFromEnvironment } from './replay.ts';

/** How many programs are tried unless told. */
export const usualRuns = 100;

/** How many programs are tried, and which. */
export interface ProgramsOptions extends Replay {
  /** How the registries are made. @defaultValue core's `createRegistry` */
  readonly createRegistry?: CreateRegistry | undefined;
  /** How many programs are tried. @defaultValue 100 */
  readonly numRuns?: number | undefined;
  /** Length of the longest program. @defaultValue 40 */
  readonly maxCommands?: number | undefined;
  /**
   * How long a call may take to the backend, and as long back: so that calls meet each other on the way, on a clock that is
   * moved by hand. @defaultValue 0
   */
  readonly latencyMs?: number | undefined;
  /** How long a program that fails is made shorter, in milliseconds of real time. @defaultValue 30_000 */
  readonly shrinkMs?: number | undefined;
}

/**
 * Tries random programs of several clients on fresh worlds: they register, update, close, crash, are cut off, watch and let
 * time pass, and everything that anybody sees is held against what the clauses say must, may and must not be visible then.
 * ROLLCALL_TEST_SEED, ROLLCALL_TEST_PATH and ROLLCALL_TEST_REPLAY_PATH bring a failure back. Rejects with the first broken promise.
 */
export async function programs(harness: Harness, options: ProgramsOptions = {}): Promise<void> {
  watchDelayOf(harness); // refused before anything is tried
  const {
    createRegistry: create = createRegistry,
    numRuns = usualRuns,
    maxCommands = 40,
    latencyMs = 0,
    shrinkMs = 30_000,
  } = options;
  const { seed, path, replayPath } = { ...options, ...replayFromEnvironment() };
  const commands = fc.commands([anyCommand(harness.capabilities)], {
    maxCommands,
    size: 'max',
    ...(replayPath === undefined ? {} : { replayPath }),
  });
  let story = '';
  let giveUpAt = Infinity;
  const property = fc.asyncProperty(fc.nat(), fc.noBias(commands), async (randomSeed, cmds) => {
    if (performance.now() > giveUpAt) return; // short enough
    const world = await harness.open();
    const stage = new Stage(
      world,
      harness,
      behind({ clock: world.clock, random: seededRandom(randomSeed), longestMs: latencyMs }, create),
    );
    const program = await assemble(stage, randomSeed, latencyMs);
    try {
      await fc.asyncModelRun(() => ({ model: {}, real: program }), cmds);
      await comeToRest(program);
      await sayGoodbye(program);
    } catch (error) {
      giveUpAt = Math.min(giveUpAt, performance.now() + shrinkMs);
      story = String(program.transcript);
      throw error;
    } finally {
      await stage[Symbol.asyncDispose]();
    }
  });
  const details = await fc.check(property, {
    numRuns,
    ...(seed === undefined ? {} : { seed }),
    ...(path === undefined ? {} : { path }),
  });
  if (details.failed) throw new ConformanceError(failureMessage(details, story), { cause: details.errorInstance });
}

/** Makes registries whose drivers take their time, if there is any to take. */
function behind(delay: Delay, create: CreateRegistry): CreateRegistry {
  if (delay.longestMs === 0) return create;
  return (driver, options) => create(new DelayedDriver(driver, delay), options);
}
