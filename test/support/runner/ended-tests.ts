import { run } from 'node:test';

/** A test that took place; suites are none, nor is a test that was skipped. */
export interface EndedTest {
  readonly name: string;
  readonly passed: boolean;
  /** Whether this is not a test but its file, which failed: it could not be loaded, or held a resource open. */
  readonly isFile: boolean;
}

/** Runs test files, each in a process of its own, and tells of each test when it ends. Options are those of Node's `run`. */
export async function* endedTests(options: Parameters<typeof run>[0]): AsyncGenerator<EndedTest, void> {
  for await (const { type, data } of run(options)) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const { name, file = '', details, skip } = data;
    const passed = type === 'test:pass';
    const isFile = file.endsWith(name);
    if (isFile && passed) continue;
    if (details.type === 'suite' || skip !== undefined) continue;
    yield { name, passed, isFile };
  }
}
