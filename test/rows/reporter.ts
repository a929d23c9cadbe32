import type { TestEvent } from 'node:test/reporters';

/** A test that ended, as a line of JSON. */
export interface EndedTest {
  readonly name: string;
  readonly passed: boolean;
}

/** Tells of each test that took place. Suites and files are none, and a file of which no test was asked for tells nothing. */
// biome-ignore lint/style/noDefaultExport: the test runner of Node asks for one.
export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const isFile = data.file?.endsWith(data.name) === true;
    if (isFile || data.details.type === 'suite' || data.skip !== undefined) continue;
    const ended: EndedTest = { name: data.name, passed: type === 'test:pass' };
    yield `${JSON.stringify(ended)}\n`;
  }
}
