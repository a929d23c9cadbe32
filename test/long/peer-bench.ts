// `npm run bench:peer` as a whole: it builds CometBFT, measures both, and leaves nothing behind, also when it is stopped.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findGo, GO_MINOR_MIN } from '#test/support/programs/find-go.ts';
import { skipWithout } from '#test/support/runner/required.ts';
import { until, within } from '#test/support/within.ts';

const PROGRAM = fileURLToPath(new URL('../bench/peer.ts', import.meta.url));
const SHORT = ['--turns', '1', '--seconds', '2', '--samples', '2', '--warm-up', '100', '--batch', '10'];
const noGo = findGo() === undefined && `there is no Go from 1.${GO_MINOR_MIN} on to build CometBFT with`;
/** CometBFT is built first, on a machine with other work. */
const MS_MAX = 40 * 60_000;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pb-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Its folders for the time being are below ours, which names its processes too. */
function start(...args: readonly string[]) {
  const program = spawn(process.execPath, [PROGRAM, ...SHORT, ...args], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = Promise.all([text(program.stdout), text(program.stderr), once(program, 'exit')]);
  return { program, ended: within('the end of bench:peer', ended, MS_MAX) };
}

/** Command lines of processes with a file in our folder. */
function left(): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(commandLine)
    .filter((line) => line.includes(folder));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // It has ended meanwhile.
  }
}

describe('npm run bench:peer', { skip: skipWithout(noGo) }, () => {
  test('measures both, each final on all members, and leaves nothing behind', async () => {
    const [out, notes, [code]] = await start('--json').ended;
    assert.equal(code, 0, notes);
    const { runs, ratios } = JSON.parse(out);
    assert.deepEqual(
      runs.map(({ contender }: { contender: string }) => contender),
      ['btcfed', 'cometbft-default', 'cometbft-gossip-5ms'],
    );
    for (const { load, agree, samples } of runs) {
      assert.ok(agree && samples === 2 && load.transactions > 0);
      assert.ok(load.seconds >= 2 && load.blocks > 0 && load.blockTransactionsMax > 0);
    }
    assert.ok(ratios.better.transactionsPerSecond.min > 0);
    assert.deepEqual([readdirSync(folder), left()], [[], []]);
  });

  test('that is stopped while CometBFT runs ends its nodes and removes their folder', async () => {
    const { program, ended } = start();
    await until('the nodes of CometBFT', () => left().some((line) => line.includes('node3')), MS_MAX);
    program.kill('SIGINT');
    const [, notes, [code]] = await ended;
    assert.equal(code, 130, notes);
    assert.deepEqual([readdirSync(folder), left()], [[], []]);
  });
});
