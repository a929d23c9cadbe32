import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

/** The files that a reader of the repository sees first: no leftover of a run may be among them. */
const ENTRIES = [
  ...[
    '.ci',
    '.gitignore',
    '.npmrc',
    'ARCHITECTURE.md',
    'BENCHMARKS.md',
    'CHANGELOG.md',
    'CONTRIBUTING.md',
    'DECISIONS.md',
    'LICENSE',
  ],
  ...[
    'README.md',
    'SECURITY.md',
    'STYLE.md',
    'biome.json',
    'deploy',
    'knip.json',
    'libs',
    'package-lock.json',
  ],
  ...['package.json', 'proto', 'services', 'test', 'tsconfig.json'],
];

test('the root of the repository holds what belongs there, and nothing else', (context) => {
  const root = new URL('../..', import.meta.url).pathname;
  const git = spawnSync('git', ['ls-tree', '--name-only', 'HEAD'], {
    cwd: root,
    encoding: 'utf8',
    timeout: 120_000,
  });
  if (git.status !== 0) return context.skip('this is no checkout of git');
  assert.deepEqual(git.stdout.trim().split('\n').sort(), [...ENTRIES].sort());
});
