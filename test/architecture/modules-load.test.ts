import { test } from 'node:test';
import { sourceFiles } from './import-graph.ts';

const ROOT = new URL('../..', import.meta.url);

// Proves that plain Node can run every file: no enum, no build step, nothing done at import. It also puts every file
// in the coverage report, so that one without a test shows as such.
for (const file of sourceFiles(ROOT.pathname)) {
  if (/\/main(-\w+)?\.ts$/.test(file)) continue;
  test(`${file} loads`, async () => {
    await import(new URL(file, ROOT).href);
  });
}
