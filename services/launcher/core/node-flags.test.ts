import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { nodeFlags } from './node-flags.ts';
import { SERVICE_NAMES } from './service-names.ts';

/** A second on a quiet machine. */
const RUN_MS = 300_000;

/** Some megabytes of objects that live, and a gigabyte of pieces as a gateway reads them, of which few live at a time. */
const MANY_PIECES = `
  const heap = Array.from({ length: 200_000 }, (_, at) => ({ at, of: [at] }));
  const kept = [];
  for (let at = 0; at < 16_384; at++) {
    kept.push(Buffer.allocUnsafeSlow(65_536));
    if (kept.length > 64) kept.shift();
  }
  console.log(heap.length);
`;

/** Three hundred thousand transactions, of which ten thousand wait at a time, with the entries and texts that each has. */
const POOL = `
  const pool = new Map();
  for (let at = 0; at < 300_000; at++) {
    const bytes = new Uint8Array(1_000);
    const hash = at.toString(16).padStart(64, '0');
    pool.set(hash, { transaction: { bytes, hash }, entries: Array.from({ length: 40 }, (_, of) => ({ of, at })) });
    if (at >= 10_000) pool.delete((at - 10_000).toString(16).padStart(64, '0'));
  }
  console.log(pool.size);
`;

function nodeRun(args: readonly string[]) {
  return spawnSync(process.execPath, args, { encoding: 'utf8', timeout: RUN_MS });
}

/** How often the whole heap was marked, and how often the young generation was collected. */
function collections(
  flags: readonly string[],
  work = MANY_PIECES,
): { readonly marked: number; readonly young: number } {
  const { stdout, status, stderr } = nodeRun([...flags, '--trace-gc', '-e', work]);
  assert.equal(status, 0, stderr);
  const times = (kind: RegExp): number => stdout.match(kind)?.length ?? 0;
  return { marked: times(/Mark-Compact/g), young: times(/Scavenge/g) };
}

describe('flags of Node', () => {
  for (const service of SERVICE_NAMES) {
    test(`this Node takes those of ${service}`, () => {
      const { status, stderr } = nodeRun([...nodeFlags(service), '-e', '']);
      assert.deepEqual([status, stderr], [0, '']);
    });
  }

  test('those of the gateway have frames collected without marking the whole heap again and again', () => {
    const [others, gateway] = [collections(nodeFlags('config')), collections(nodeFlags('gateway'))];
    assert.ok(others.marked >= 8, `${others.marked} times with the flags of all`);
    assert.ok(gateway.marked <= 2 && gateway.young > 0, JSON.stringify(gateway));
  });

  test('those of consensus let transactions that wait for a block die young', () => {
    const [others, consensus] = [
      collections(nodeFlags('config'), POOL),
      collections(nodeFlags('consensus'), POOL),
    ];
    assert.ok(
      2 * consensus.marked <= others.marked && consensus.young > 0,
      JSON.stringify({ others, consensus }),
    );
  });
});
