export { Cast, type CastAftermath, type CastTerms } from './cast.ts';
export { callMs, graceMs, quietMs, silenceMs, slackMs, startLagMs } from './clause-bounds.ts';
export { Client, type ClientTerms, type Held, type OpenRegistry } from './client.ts';
export { type Ending, ProgramRun } from './program-run.ts';
export { type Aftermath, type Reached, Scene, type SceneTerms } from './scene.ts';
export { type Excuse, idsOf, type Sight, Witness } from './witness.ts';
