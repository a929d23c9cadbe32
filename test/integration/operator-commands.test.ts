import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { toHeight } from '#libs/chain/ids.ts';
import { HaltHeight } from '#libs/engine/ports/halt-height.ts';
import { OperatorHand } from '#libs/engine/ports/operator-hand.ts';
import { type GrpcServer, grpcServer } from '#libs/grpc/server.ts';
import { bindService } from '#libs/grpc/service.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { OperatorServiceDefinition } from '#libs/proto/btcfed/consensus/v1/operator_service.ts';
import { OPERATOR_STATUS } from '#services/consensus/adapters/operator/operator-errors.ts';
import { operatorHandlers } from '#services/consensus/adapters/operator/operator-handlers.ts';
import { Intake } from '#services/consensus/core/intake.ts';
import { memberPaths } from '#services/launcher/core/member-home.ts';
import { memoryMember } from '#test/support/consensus/client-ports.ts';
import { runCommandLine as run } from '#test/support/programs/command-line.ts';

// The commands against the operator's socket of a home, over real gRPC. No node runs there: the member behind it is in memory.

const home = mkdtempSync(join(tmpdir(), 'btcfed-op-'));
const [halt, intake, hand] = [new HaltHeight(), new Intake(), new OperatorHand()];
let waiting = 0;
const nudges: string[] = [];
let server: GrpcServer;

before(async () => {
  const log = memoryLogger();
  const { conf, memberSocket, runFolder } = memberPaths(home);
  mkdirSync(runFolder, { mode: 0o700 });
  writeFileSync(join(runFolder, '.lock'), '');
  writeFileSync(conf, '');
  hand.take({ sayAll: () => {}, waiting: () => waiting, nudge: () => nudges.push('nudged') });
  const handlers = operatorHandlers({
    ...{ halt, intake, hand, log, finalHeight: () => 7n, haltChanged: () => {} },
    status: () => memoryMember().status,
  });
  const service = bindService(OperatorServiceDefinition, handlers, { log, statusByCode: OPERATOR_STATUS });
  server = grpcServer({ address: `unix:${memberSocket}`, services: [service], log });
  await server.start();
});

after(async () => {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});

/** Holds a file as a launcher with this command does, until SIGTERM; no process of the test lives on. */
async function holder(file: string, command: 'node' | 'up') {
  const program = `require('node:fs').openSync(process.argv[2], 'r');
    process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000); console.log('holds');`;
  const child = spawn(process.execPath, ['-e', program, '--', command, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit').then(([code]) => code);
  await once(child.stdout, 'data');
  return {
    ...{ child, exit },
    async [Symbol.asyncDispose](): Promise<void> {
      child.kill('SIGKILL');
      await exit;
    },
  };
}

describe('btcfed consensus', () => {
  test('halt names the height to stop behind, and --clear takes it back', async () => {
    const set = await run('consensus', 'halt', '9', '--home', home);
    assert.deepEqual([set.code, set.out], [0, 'stops behind height 9; the newest final height is 7']);
    assert.equal(halt.height, toHeight(9n));
    const cleared = await run('consensus', 'halt', '--clear', '--home', home, '--json');
    assert.deepEqual(JSON.parse(cleared.out), { haltAtHeight: null, finalHeight: 7 });
    assert.equal(halt.height, undefined);
  });

  test('halt refuses a height that is passed with exit code 1 and both heights; both words at once, and neither, with 64', async () => {
    const passed = await run('consensus', 'halt', '6', '--home', home);
    assert.equal(passed.code, 1);
    assert.match(passed.notes, /height 6 to halt at is passed: the newest final height here is 7/);
    for (const words of [[], ['9', '--clear']]) {
      const { code, notes } = await run('consensus', 'halt', ...words, '--home', home);
      assert.equal(code, 64);
      assert.match(notes, /give a height, or --clear/);
    }
    assert.equal(halt.height, undefined);
  });

  test('nudge tells which view waits no longer', async () => {
    const { code, out } = await run('consensus', 'nudge', '--home', home);
    assert.deepEqual(
      [code, out, nudges.length],
      [0, 'view 7 of height 1 waits 1000 ms from now on at most', 1],
    );
  });

  test('has exit code 3 where no node runs', async () => {
    const nowhere = join(home, 'nowhere');
    mkdirSync(nowhere);
    writeFileSync(join(nowhere, 'conf.yaml'), '');
    for (const words of [
      ['consensus', 'nudge'],
      ['consensus', 'halt', '9'],
      ['node', 'drain', '--force'],
    ]) {
      const { code, notes } = await run(...words, '--home', nowhere);
      assert.equal(code, 3);
      assert.match(notes, /^btcfed: no node runs from /);
    }
  });
});

describe('btcfed node drain', () => {
  test('drains within its time, says what is left, and stops nothing that is no node', async () => {
    waiting = 2;
    const { code, out, notes } = await run('node', 'drain', '--force', '--timeout', '1', '--home', home);
    assert.deepEqual([code, out, intake.isOpen], [1, '', false]);
    assert.match(
      notes,
      /^2 of its transactions are not final yet\nbtcfed: no process of "btcfed node" is seen here/,
    );
  });

  test('stops the process that runs the home, and waits until it is gone; one of a whole federation it leaves alone', async () => {
    waiting = 0;
    const lock = join(memberPaths(home).runFolder, '.lock');
    await using federation = await holder(lock, 'up');
    const left = await run('node', 'drain', '--force', '--home', home);
    assert.equal(left.code, 1);
    assert.equal(federation.child.exitCode, null);
    await using node = await holder(lock, 'node');
    const { code, out } = await run('node', 'drain', '--force', '--home', home);
    assert.deepEqual([code, out], [0, 'stopped; all of its transactions are final']);
    assert.deepEqual([await node.exit, federation.child.exitCode], [0, null]);
    waiting = 2;
    await using other = await holder(lock, 'node');
    const some = await run('node', 'drain', '--force', '--timeout', '1', '--home', home, '--json');
    assert.equal(some.code, 2);
    assert.deepEqual(JSON.parse(some.out), { isDraining: true, isStopped: true, waiting: 2, toldMembers: 3 });
    assert.equal(await other.exit, 0);
  });

  test('takes the member up again with --cancel', async () => {
    const { code, out } = await run('node', 'drain', '--cancel', '--home', home);
    assert.deepEqual([code, out, intake.isOpen], [0, 'takes transactions again', true]);
  });
});
