import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { toEpoch, toMemberIndex } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { SafetyRecord } from '#libs/protocol/hotstuff/record.ts';
import type { Phase } from '#libs/protocol/hotstuff/statements.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import { blockUpon, CHAIN_DIGEST, GENESIS } from '#test/support/chain/chain-fixture.ts';
import { FIRST_LEADER, leadingReplica } from '#test/support/consensus/leading-replica.ts';
import { Killed } from '#test/support/disk/faulty-disk.ts';
import { onRecordedDisk } from '#test/support/disk/recorded-disk.ts';
import { setOf, voteOf } from '#test/support/hotstuff/hotstuff-harness.ts';
import { recordIn, sealedRecord } from '#test/support/hotstuff/sealed.ts';
import type { ChainStore } from './chain-store.ts';
import { openChainStore } from './open-chain-store.ts';

const PHASES: readonly Phase[] = ['prepare', 'pre-commit', 'commit'];
const BLOCK = blockUpon(GENESIS, 1, ['of view 1']);
const SCOPE = { chain: CHAIN_DIGEST, protocol: 'hotstuff', epoch: toEpoch(0n) };
/** Where the record keeps the certificate of a phase. */
const KEPT: Readonly<Record<Phase, (record: SafetyRecord) => QuorumCertificate | undefined>> = {
  prepare: ({ high }) => high,
  'pre-commit': ({ locked }) => locked,
  commit: ({ commit }) => commit,
};

function open(folder: string): ChainStore {
  const path = join(folder, 'chain.db');
  return openChainStore({
    path,
    genesis: GENESIS.block,
    chainDigest: CHAIN_DIGEST,
    protocol: HOTSTUFF,
    member: 'm1',
  });
}

/** A member that started again within the view that it leads: it holds the block already. */
function startedAgain(folder: string): ChainStore {
  const before = open(folder);
  before.putBlock(BLOCK.block, BLOCK.frontier);
  before.close();
  return open(folder);
}

/** Runs the leader until it sends the certificate of a phase: its process is gone then. */
function leadUntil(store: ChainStore, phase: Phase): QuorumCertificate | undefined {
  let sent: QuorumCertificate | undefined;
  const leader = leadingReplica({
    store: { putRecord: (record) => store.putRecord(sealedRecord(record)), flush: () => void store.flush() },
    set: setOf(4),
    scope: SCOPE,
    genesis: GENESIS.block.digest,
    block: BLOCK.block,
    signer: { sign: (_, __, done) => done({ kind: 'signed', signature: Uint8Array.of(FIRST_LEADER) }) },
    verifier: { verify: (_, done) => done(true) },
    commit: (certificate) => void store.commit(certificate),
    send: (message) => {
      if (message.kind !== 'certificate' || message.certificate.kind !== phase) return;
      sent = message.certificate;
      throw new Killed(`it sent its ${phase} certificate`);
    },
    halted: (cause) => assert.ok(cause instanceof Killed, String(cause)),
  });
  for (const each of PHASES) {
    for (const member of [2, 3]) leader.receive(toMemberIndex(member), voteOf(member, each, BLOCK.block));
  }
  return sent;
}

describe('F-62: a leader that is killed as it sends a certificate', () => {
  for (const phase of PHASES) {
    test(`HS-20 has its ${phase} certificate after the restart, also when the power failed then`, async (context) => {
      const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
      const store = startedAgain(folder);
      let sent: QuorumCertificate | undefined;
      const { failure, images } = await onRecordedDisk(folder, { fault: 'kill', at: -1 }, async () => {
        sent = leadUntil(store, phase);
      });
      store.close();
      context.after(() => {
        for (const each of [folder, ...Object.values(images)]) rmSync(each, { recursive: true });
      });
      assert.deepEqual([failure, sent?.kind, sent?.signatures.length], [undefined, phase, 3]);
      for (const image of [images.kept, images.synced]) {
        const again = open(image);
        const record = recordIn(again.loadRecord());
        again.close();
        assert.ok(record !== undefined);
        assert.deepEqual(KEPT[phase](record), sent);
      }
    });
  }
});
