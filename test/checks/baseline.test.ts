import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';

const ROOT = new URL('../..', import.meta.url).pathname;
const TOOL_MS_MAX = 900_000;

/** Compares a copy of proto/, in which one line of one file is gone, with the baseline. */
function without(line: RegExp, file: string): { status: number | null; output: string } {
  const folder = mkdtempSync(join(tmpdir(), 'btcfed-contracts-'));
  try {
    cpSync(join(ROOT, 'proto'), folder, { recursive: true });
    const text = readFileSync(join(folder, file), 'utf8');
    const changed = text.replace(line, '');
    assert.notEqual(changed, text, `${file} has no ${line}`);
    writeFileSync(join(folder, file), changed);
    const tool = join(ROOT, 'node_modules', '.bin', 'buf');
    const { status, stdout, stderr } = spawnSync(tool, ['breaking', '--against', 'baseline.binpb'], {
      cwd: folder,
      encoding: 'utf8',
      timeout: TOOL_MS_MAX,
    });
    return { status, output: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('the baseline of the contracts', () => {
  for (const [file, line, words] of [
    [
      'btcfed/consensus/v1/consensus_service.proto',
      /^ {2}bytes transaction = 1;$/m,
      /field "1" with name "transaction" .* was deleted/,
    ],
    [
      'btcfed/gateway/v1/gateway_service.proto',
      /^ {2}rpc \w+\(.*\) returns .*;$/m,
      /RPC "Attach" .* was deleted/,
    ],
    ['btcfed/event/v1/event.proto', /^ {2}\w+ \w+ = 2;$/m, /field "2" .* was deleted/],
  ] as const) {
    test(`refuses ${file} without something that it had`, () => {
      const { status, output } = without(line, file);
      assert.equal(status, 100, output);
      assert.match(output, words);
    });
  }

  test('lets the contract of the signer change: the next version replaces its calls', () => {
    const { status, output } = without(/^ {2}\w+ \w+ = 1;$/m, 'btcfed/signer/v1/signer_service.proto');
    assert.deepEqual({ status, output }, { status: 0, output: '' });
  });
});
