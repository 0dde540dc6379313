import type { Reporter, TestModule } from 'vitest/node';

/** Closes the run with one line, `N passed, N failed, N skipped`. Must be the last reporter in the list. */
export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    let passed = 0;
    let failed = unhandledErrors.length;
    let skipped = 0;
    for (const module of modules) {
      failed += module.errors().length;
      for (const suite of module.children.allSuites()) failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed += 1;
        else if (state === 'failed') failed += 1;
        else skipped += 1;
      }
    }
    const line = `${passed} passed, ${failed} failed, ${skipped} skipped`;
    // Coverage and the other reporters print after this hook; exit is the only moment that is surely last.
    process.once('exit', () => process.stdout.write(`${line}\n`));
  }
}
