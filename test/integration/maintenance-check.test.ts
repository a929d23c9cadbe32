import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { toHeight } from '#libs/chain/ids.ts';
import { finding } from '#libs/diagnosis/finding.ts';
import { grpcServer } from '#libs/grpc/server.ts';
import { bindService } from '#libs/grpc/service.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { ConsensusServiceDefinition } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { strangerLimits } from '#services/consensus/adapters/client/limits.ts';
import { clientApi } from '#services/consensus/adapters/client-api.ts';
import { CLIENT_STATUS } from '#services/consensus/adapters/grpc-status.ts';
import { type MemoryMember, memoryMember } from '#test/support/consensus/client-ports.ts';
import { runCommandLine } from '#test/support/programs/command-line.ts';

// The command against client APIs over real gRPC, behind which are members in memory: "alpha" of gamma, beta, alpha and delta.

const running: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of running.splice(0)) await stop();
});

/** Serves a member, and answers its address. */
async function served(change: (member: MemoryMember) => void = () => {}, name = 'alpha'): Promise<string> {
  const member = memoryMember();
  change(member);
  const log = memoryLogger();
  const api = clientApi({ ...member.ports, identity: { ...member.ports.identity, member: name } });
  const service = bindService(ConsensusServiceDefinition, api.handlers, { log, statusByCode: CLIENT_STATUS });
  const server = grpcServer({
    ...{ address: '127.0.0.1:0', services: [service], log, strangers: strangerLimits(100) },
    limits: { stopGraceMs: 50 },
  });
  await api.start();
  await server.start();
  running.push(async () => {
    await api.stop();
    await server.stop();
  });
  return server.boundAddress();
}

function away(...names: readonly string[]): (member: MemoryMember) => void {
  return (member) => {
    const reachable = 4 - names.length;
    const quorum = { ...member.status.quorum, away: names, reachable, reachableWeight: BigInt(reachable) };
    member.status = { ...member.status, quorum };
  };
}

const check = (...args: readonly string[]) => runCommandLine('maintenance', 'check', ...args);

describe('btcfed maintenance check', () => {
  test('lets a member go while all others are there, with exit code 0', async () => {
    const { code, out } = await check('--address', await served());
    assert.equal(code, 0);
    assert.match(out, /^alpha may be taken down: without alpha 3 members are left, with weight 3 of the 3/);
  });

  test('refuses with exit code 1 where one is away already, names it, and lets --force through', async () => {
    const address = await served(away('delta'));
    const refused = await check('--address', address);
    assert.deepEqual([refused.code, refused.out], [1, '']);
    assert.match(
      refused.notes,
      /^btcfed: alpha must stay up, or no block becomes final: .*; not counted: delta \(not reached\); take it down all the same with --force$/,
    );
    const forced = await check('--address', address, '--force');
    assert.equal(forced.code, 0);
    assert.match(forced.out, /^forced: alpha must stay up/);
  });

  test('does not count a member that is connected and silent', async () => {
    const mute = finding('members-mute', { summary: 'x.', evidence: ['y'], members: ['beta'] });
    const address = await served((member) => {
      member.findings = [mute];
    });
    const { code, notes } = await check('--address', address);
    assert.equal(code, 1);
    assert.match(notes, /not counted: beta \(connected, and its consensus is silent\)/);
  });

  test('asks others for themselves: one that is halted, or signs nothing, does not count', async () => {
    const address = await served();
    const halted = await served((member) => {
      member.status = { ...member.status, mode: 'halted', haltReason: 'chain.db is damaged' };
    }, 'beta');
    const well = await served(() => {}, 'gamma');
    assert.equal((await check('--address', address, '--also', well)).code, 0);
    const { code, notes } = await check('--address', address, '--also', well, '--also', halted);
    assert.equal(code, 1);
    assert.match(notes, /not counted: beta \(halted: chain\.db is damaged\)/);
    const locked = await served((member) => {
      member.status = { ...member.status, signerFault: 'the key is locked' };
    }, 'delta');
    assert.match(
      (await check('--address', address, '--also', locked)).notes,
      /delta \(follows without votes: the key is locked\)/,
    );
  });

  test('does not count one that answers and is far behind', async () => {
    const address = await served(({ chain }) => {
      for (let count = 0; count < 5; count++) chain.append();
    });
    const behind = await served(() => {}, 'beta');
    const { code, notes } = await check('--address', address, '--also', behind);
    assert.equal(code, 1);
    assert.match(notes, /beta \(at height 0, behind 5\)/);
  });

  test('tells of another that does not answer here, and counts it as the member reaches it', async () => {
    const address = await served();
    const gone = '127.0.0.1:1';
    const { code, notes } = await check('--address', address, '--also', gone);
    assert.equal(code, 0);
    assert.equal(notes, '127.0.0.1:1 does not answer here: only what alpha sees of it counts');
  });

  test('has exit code 3 where the member itself does not answer', async () => {
    const { code, notes } = await check('--address', '127.0.0.1:1');
    assert.equal(code, 3);
    assert.match(notes, /no member answers at 127\.0\.0\.1:1/);
  });

  test('says the whole verdict in JSON, refused or not', async () => {
    const address = await served((member) => {
      away('delta')(member);
      member.status = { ...member.status, targetHeight: toHeight(0n) };
    });
    const { code, out } = await check('--address', address, '--json');
    assert.equal(code, 1);
    assert.deepEqual(JSON.parse(out), {
      member: 'alpha',
      isSafe: false,
      isMember: true,
      remaining: ['gamma', 'beta'],
      remainingWeight: 2,
      neededWeight: 3,
      absent: [{ name: 'delta', reason: 'not reached' }],
      isForced: false,
      silent: [],
    });
  });
});
