import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type MemberIndex, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { BatchVerifier } from '#libs/crypto/batch-verifier.ts';
import { schemeByName } from '#libs/crypto/scheme.ts';
import { AppendOnlyLog } from '#libs/engine/application/append-only-log.ts';
import { FinalChannel } from '#libs/engine/ports/final-channel.ts';
import type { HaltCause } from '#libs/engine/ports/halt-cause.ts';
import { HaltHeight } from '#libs/engine/ports/halt-height.ts';
import type { PeerListener } from '#libs/engine/ports/peer-listener.ts';
import { LATE_REPORTS } from '#libs/engine/ports/peer-listener.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import { USELESS_MESSAGES_BURST } from '#libs/replica/limits.ts';
import type { Genesis } from '#libs/settings/genesis.ts';
import {
  blockUpon,
  CHAIN_DIGEST,
  certificateFor,
  GENESIS,
  recordWith,
} from '#test/support/chain/chain-fixture.ts';
import { bookOf } from '#test/support/chain/membership.ts';
import { saveRecord } from '#test/support/chain/save-record.ts';
import type { ChainStore } from './adapters/chain-store.ts';
import type { GatewayLink } from './adapters/gateway-link.ts';
import { MemberMonitor } from './adapters/member-monitor.ts';
import { openChainStore } from './adapters/open-chain-store.ts';
import { Member } from './member.ts';

const VIEW = toView(5n);
const POLL_MS = 10;

let folder: string;
const open = (name: string) =>
  openChainStore({
    path: join(folder, name),
    genesis: GENESIS.block,
    chainDigest: CHAIN_DIGEST,
    protocol: HOTSTUFF,
    member: 'm0',
  });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'member-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** The database of a member that voted for a block in view 5 and locked on it. */
function usedDatabase(name: string): ChainStore {
  const store = open(name);
  const { block, frontier } = blockUpon(GENESIS, Number(VIEW), ['voted for']);
  const vote = { height: block.header.height, digest: block.digest };
  store.putBlock(block, frontier);
  saveRecord(
    store,
    recordWith({
      view: VIEW,
      voted: { prepare: vote, 'pre-commit': vote, commit: vote },
      high: certificateFor(block, 'prepare'),
      locked: certificateFor(block, 'pre-commit'),
    }),
  );
  return store;
}

function damaged(name: string, sql: string): ChainStore {
  usedDatabase(name).close();
  const db = new DatabaseSync(join(folder, name));
  db.exec(sql);
  db.close();
  return open(name);
}

/**
 * A member on that database, with two others that are in the same view, and a signer that only remembers its
 * requests.
 */
class Bench implements AsyncDisposable {
  readonly member: Member;
  readonly asked: VoteStatement[] = [];
  readonly log = memoryLogger();
  readonly monitor = new MemberMonitor(this.log, String, () => 0);
  /** The listener that the gateway hands messages to. */
  listener: PeerListener | undefined;
  readonly #store: ChainStore;

  constructor(store: ChainStore, haltHeight = new HaltHeight()) {
    this.#store = store;
    const parameters = {
      blockTransactionsMax: 10,
      blockBytesMax: 1_000,
      transactionBytesMax: 100,
    };
    const height = toHeight(0n);
    const answer = { kind: 'whereabouts', height, instance: 0n, view: VIEW, asks: false } as const;
    const gateway = {
      start: (given: PeerListener) => {
        this.listener = given;
      },
      stop: async () => {},
      connected: () => [toMemberIndex(0), toMemberIndex(2)],
      send: (to: MemberIndex | 'all', body: PeerMessageBody) => {
        const isAsked = to !== 'all' && body.kind === 'whereabouts' && body.asks;
        if (isAsked) setImmediate(() => this.listener?.hear(to, { ok: true, body: answer }));
      },
      mute: () => {},
      enter: () => {},
    };
    const { log } = this;
    this.member = new Member({
      chain: {
        genesis: {
          parameters,
          members: [{}, {}, {}, {}],
        } as unknown as Genesis,
        chainDigest: CHAIN_DIGEST,
        protocol: HOTSTUFF,
        store,
        application: new AppendOnlyLog(store),
        snapshots: store.snapshots,
        evidence: store.evidence,
        history: store.history,
        read: { chain: store, evidence: store.evidence },
        served: { chain: store, snapshots: store.snapshots },
        book: bookOf(store, GENESIS.block.digest, 4),
        name: 'm1',
      },
      gateway: gateway as unknown as GatewayLink,
      signer: { sign: ({ statement }) => void this.asked.push(statement) },
      signerFault: () => '',
      verifier: new BatchVerifier({ schemes: [schemeByName('slh-dsa-sha2-128f')] }),
      monitor: this.monitor,
      final: new FinalChannel(),
      snapshotBlocks: undefined,
      haltHeight,
      log,
      guests: [],
    });
    void this.member.start();
    void this.member
      .clientMempool()
      .submit(transactionOf(Buffer.from('work')), { client: { kind: 'address', owner: '192.0.2.1' } });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.member.stop();
    this.#store.close();
  }

  async signs(): Promise<VoteStatement> {
    for (;;) {
      const [first] = this.asked;
      if (first !== undefined) return first;
      await sleep(POLL_MS);
    }
  }
}

describe('a member that starts again', () => {
  test('HS-52 is in the view that it recorded and repeats the vote of it, and no other (RULES.md A.26, A.28, A.30)', async () => {
    await using bench = new Bench(usedDatabase('chain.db'));
    assert.equal(bench.member.status().view, VIEW);
    const first = await bench.signs();
    assert.equal(first.view, VIEW);
    const { digest } = blockUpon(GENESIS, Number(VIEW), ['voted for']).block;
    for (const statement of bench.asked) {
      if (statement.kind !== 'timeout') assert.equal(statement.block?.digest, digest);
    }
    assert.equal(bench.member.status().mode, 'active');
  });

  const broken: Readonly<Record<string, readonly [sql: string, reason: RegExp, cause: HaltCause]>> = {
    'record was changed': [
      `UPDATE safety_record SET content = replace(content, '"view":"5"', '"view":"6"')`,
      /safety record.*is damaged/,
      'record',
    ],
    'record is gone': ['DELETE FROM safety_record', /safety record of this member is missing/, 'record'],
    'lock is gone': [
      'DELETE FROM certificate WHERE digest NOT IN (SELECT certificate FROM final)',
      /is damaged/,
      'record',
    ],
  };
  for (const [what, [sql, reason, cause]] of Object.entries(broken)) {
    test(`HS-52 signs nothing when its ${what}: it is halted, says why, and goes on to answer`, async () => {
      await using sound = new Bench(usedDatabase('sound.db'));
      await using halted = new Bench(damaged('chain.db', sql));
      const startMs = performance.now();
      await sound.signs();
      // Waits as long as the sound member needed: a forbidden event would have happened by then.
      await sleep(performance.now() - startMs + POLL_MS);
      assert.deepEqual(halted.asked, []);
      const status = halted.member.status();
      assert.equal(status.mode, 'halted');
      assert.match(status.haltReason, reason);
      assert.equal(halted.monitor.haltCause, cause);
      assert.ok(halted.member.isHalted);
      assert.equal(sound.member.status().haltReason, '');
    });
  }
});

test('a member that stops behind a height repeats no vote that it recorded above it, says that it has stopped, and is damaged by nothing', async () => {
  await using sound = new Bench(usedDatabase('sound.db'));
  await using halted = new Bench(usedDatabase('chain.db'), new HaltHeight(toHeight(0n)));
  const startMs = performance.now();
  await sound.signs();
  await sleep(performance.now() - startMs + POLL_MS);
  assert.deepEqual(halted.asked, []);
  const { mode, haltReason, halt } = halted.member.status();
  assert.deepEqual([mode, halt], ['halted', { height: 0n, isReached: true }]);
  assert.match(
    haltReason,
    /^stopped behind height 0, as its operator asked: it goes on after "btcfed consensus halt --clear", or when/,
  );
  assert.equal(halted.member.isHalted, false);
  const later = new HaltHeight(toHeight(1n));
  await using running = new Bench(usedDatabase('running.db'), later);
  await running.signs();
  const status = running.member.status();
  assert.deepEqual(
    [status.mode, status.haltReason, status.halt],
    ['active', '', { height: 1n, isReached: false }],
  );
});

test('F-65: DOS_ATTACKER_BLOCKED names a member that floods with what is of no use, once it is not listened to', async () => {
  await using bench = new Bench(usedDatabase('chain.db'));
  await bench.signs();
  const listener = bench.listener ?? assert.fail('it listens to no gateway');
  const flooder = toMemberIndex(3);
  const blocked = () => bench.log.lines.filter(({ fields }) => fields['code'] === 'DOS_ATTACKER_BLOCKED');
  // A few tokens come back meanwhile.
  for (let count = 0; count < 2 * USELESS_MESSAGES_BURST && listener.hears(flooder); count++) {
    assert.deepEqual(blocked(), []);
    listener.refused(flooder, 'malformed', 'not a peer message');
  }
  assert.equal(listener.hears(flooder), false);
  const [line, ...more] = blocked();
  assert.deepEqual([line?.level, line?.fields['reason'], more], ['warn', 'a flood of useless messages', []]);
  assert.ok(listener.hears(toMemberIndex(2)));
});

test('F-65: TIMEOUT_SPAM and BANDWIDTH_THROTTLE reach the log of a member from its gateway link', async () => {
  await using bench = new Bench(usedDatabase('chain.db'));
  await bench.signs();
  bench.listener?.refused(toMemberIndex(3), 'stale', LATE_REPORTS, LATE_REPORTS);
  bench.listener?.noticed(toMemberIndex(2), 'more asked for than is sent to a member');
  const said = bench.log.lines.flatMap(({ fields: { code, peer } }) =>
    code === undefined ? [] : [[code, peer]],
  );
  assert.deepEqual(said, [
    ['TIMEOUT_SPAM', '3'],
    ['BANDWIDTH_THROTTLE', '2'],
  ]);
});
