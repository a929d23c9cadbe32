import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uncovered } from './unrun.ts';

test('a reason covers the commands of its list alone, whatever joins them', () => {
  assert.deepEqual(
    uncovered('systemd', 'systemctl start x\njournalctl \\\n  --follow && systemctl stop x'),
    [],
  );
  for (const script of [
    'systemctl start x && btcfed status',
    'systemctl x; btcfed status',
    'systemctl x | btcfed status',
  ])
    assert.deepEqual(uncovered('systemd', script), ['btcfed status']);
  assert.deepEqual(uncovered('systemd', 'systemctlx'), ['systemctlx']);
  assert.deepEqual(uncovered('install', 'node deploy/local/setup.mjs'), []);
  assert.deepEqual(uncovered('install', 'node services/cli/main.ts'), ['node services/cli/main.ts']);
});
