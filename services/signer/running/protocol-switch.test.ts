import assert from 'node:assert/strict';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { toEpoch, toHeight, toView } from '#libs/chain/ids.ts';
import { schemeByName } from '#libs/crypto/scheme.ts';
import type { AppError } from '#libs/errors/app-error.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { changeDigest, encodeChange } from '#libs/membership/change.ts';
import { membershipSigningBytes } from '#libs/membership/vote.ts';
import { QuorumCertificate } from '#libs/proto/btcfed/consensus/v1/certificate.ts';
import { CertificateKind, type SignRequest } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import { timeoutStatement } from '#libs/protocol/hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { VoteTables } from '#libs/protocol/vote/vote-table.ts';
import { VOTE_TABLES } from '#libs/protocols/protocols.ts';
import { certificateToWire } from '#libs/wire/certificate.ts';
import { signRequestOf } from '#services/consensus/adapters/sign-request.ts';
import { NULL_TABLE } from '#test/support/null-protocol/vote-table.ts';
import {
  blockAt,
  handoverRequest,
  heightBefore,
  switchProof,
  voteFor,
} from '#test/support/signer/epoch-switch.ts';
import { type SignerHome, signerHome, TEST_CHAIN } from '#test/support/signer/signer-home.ts';
import { exportHistory } from '../ceremony/export-history.ts';
import { importHistory } from '../ceremony/import-history.ts';
import { prepareRotation } from '../ceremony/rotation.ts';
import { openCore } from './open-core.ts';

const SCHEME = 'slh-dsa-sha2-128f';
const BOTH: VoteTables = new Map([...VOTE_TABLES, [NULL_TABLE.protocol, NULL_TABLE]]);

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'no refusal',
    ({ detail }: AppError<{ readonly code: string }>) => detail.code,
  );

/** A core in this process, and one session with it. */
async function opened(home: SignerHome, tables: VoteTables = BOTH, folder = home.config.SIGNER_FOLDER) {
  const { SIGNER_PROTOCOL: protocol } = home.config;
  const options = { folder, protocol, tables, backend: 'auto', log: memoryLogger() } as const;
  const core = await openCore({ ...options, onServing: () => {} });
  const { session } = await core.api.openSession();
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (isOpen) await core.close();
    isOpen = false;
  };
  const scope = (epoch: bigint) => ({ ...home.others.scope(session), epoch });
  const sign = (epoch: bigint, statement: VoteStatement) => {
    const request: SignRequest = {
      scope: scope(epoch),
      ...signRequestOf({ statement, grounds: {} }, undefined),
    };
    return core.api.sign(request);
  };
  return {
    ...{ sign, scope },
    api: core.api,
    handOver: (epoch: bigint, proof: Awaited<ReturnType<typeof switchProof>>) =>
      core.api.putCertificate(handoverRequest(proof, scope(epoch - 1n))),
    close,
    [Symbol.asyncDispose]: close,
  };
}

const atHeight = (height: bigint, epoch = 1n, letter = '') =>
  blockAt(NULL_TABLE, { height, epoch: toEpoch(epoch), content: Buffer.from(`${letter}${height}`) });

function rosterOf({ others, publicKey }: SignerHome) {
  return others.roster(publicKey);
}

/** The proof that the founding epoch, under HotStuff, ended, and the next is under the null protocol. */
function toNull(home: SignerHome) {
  const roster = rosterOf(home);
  return switchProof(home.others, { from: HOTSTUFF_TABLE, epoch: 1n, to: 'null', roster });
}

describe('a key goes from one protocol to another', () => {
  test('by a handover, signs under the votes of each epoch, and is there again after each restart', async () => {
    await using home = await signerHome(SCHEME);
    const { others } = home;
    const block = atHeight(21n);
    const vote = voteFor(NULL_TABLE, 'vote', block);
    const proposal = voteFor(NULL_TABLE, 'proposal', block);
    let signed: Uint8Array;
    {
      await using signer = await opened(home);
      await signer.handOver(1n, await toNull(home));
      const { epoch, protocol } = await signer.api.getSigner();
      assert.deepEqual([epoch, protocol], [1n, 'null']);
      ({ signature: signed } = await signer.sign(1n, proposal));
      const scope = { chain: TEST_CHAIN, protocol: 'null', epoch: toEpoch(1n) };
      const scheme = schemeByName(SCHEME);
      assert.ok(await scheme.verify(home.publicKey, NULL_TABLE.bytes(scope, proposal), signed));
      const other = voteFor(NULL_TABLE, 'proposal', atHeight(21n, 1n, 'other '));
      assert.equal(await codeOf(signer.sign(1n, other)), 'SIGNER_CONFLICTING_SLOT');
      const hotStuff = timeoutStatement(toView(21n), { view: toView(20n), digest: block.digest });
      assert.equal(await codeOf(signer.sign(1n, hotStuff)), 'SIGNER_WRONG_KIND');
      assert.equal(await codeOf(signer.sign(0n, hotStuff)), 'SIGNER_WRONG_EPOCH');
    }
    await using signer = await opened(home);
    assert.equal((await signer.api.getSigner()).protocol, 'null');
    assert.deepEqual(
      Buffer.from((await signer.sign(1n, proposal)).signature),
      Buffer.from(signed),
      'the signature of before',
    );
    await signer.sign(1n, vote);
    // The next height opens with the certificate that decides this one, and not before.
    const next = voteFor(NULL_TABLE, 'proposal', atHeight(22n));
    assert.equal(await codeOf(signer.sign(1n, next)), 'SIGNER_VIEW_JUMP');
    const decided = await others.certified(NULL_TABLE, vote, toEpoch(1n));
    await signer.api.putCertificate({
      ...{ scope: signer.scope(1n), kind: CertificateKind.QUORUM },
      chunk: QuorumCertificate.encode(certificateToWire(decided)).finish(),
    });
    await signer.sign(1n, next);
    const roster = rosterOf(home);
    const back = await switchProof(others, { from: NULL_TABLE, epoch: 2n, to: 'hotstuff', roster });
    await signer.handOver(2n, back);
    assert.equal((await signer.api.getSigner()).protocol, 'hotstuff');
    const root = { view: toView(0n), digest: (await rootOf(back)).digest };
    const first = await signer.sign(2n, timeoutStatement(toView(1n), root));
    await signer.close();
    await using last = await opened(home);
    const again = await last.sign(2n, timeoutStatement(toView(1n), root));
    assert.deepEqual(Buffer.from(again.signature), Buffer.from(first.signature));
    assert.equal(await codeOf(last.sign(2n, next)), 'SIGNER_WRONG_KIND');
  });

  test('and signs votes for changes of the members under the protocol of the epoch', async () => {
    await using home = await signerHome(SCHEME);
    await using signer = await opened(home);
    await signer.handOver(1n, await toNull(home));
    const change = { chain: TEST_CHAIN, epoch: toEpoch(1n), leave: ['m3'], join: [] };
    const goodUntil = heightBefore(1n) + 100n;
    const { signature } = await signer.api.signMembershipVote({ change: encodeChange(change), goodUntil });
    const vote = { change, digest: changeDigest(change), goodUntil: toHeight(goodUntil) };
    const verify = (protocol: string) =>
      schemeByName(SCHEME).verify(home.publicKey, membershipSigningBytes(protocol, vote), signature);
    assert.deepEqual([await verify('null'), await verify('hotstuff')], [true, false]);
  });

  test('to one that this signer lacks: it says what to install, blames nobody, and goes there once it has it', async () => {
    await using home = await signerHome(SCHEME);
    const roster = rosterOf(home);
    const proof = await switchProof(home.others, {
      ...{ from: HOTSTUFF_TABLE, epoch: 1n, to: 'null', needs: '0.2.0', roster },
    });
    {
      await using older = await opened(home, VOTE_TABLES);
      for (const time of ['first', 'second']) {
        await assert.rejects(older.handOver(1n, proof), (error: AppError<{ readonly code: string }>) => {
          assert.equal(error.detail.code, 'SIGNER_HANDOVER_UNKNOWN', time);
          assert.match(
            error.message,
            /handover to epoch 1 that this signer cannot follow: protocol null, which btcfed \S+ does not have: install a version that has it, 0\.2\.0 or later/,
          );
          return true;
        });
      }
      const { epoch, protocol, mode } = await older.api.getSigner();
      assert.deepEqual([epoch, protocol, mode], [0n, 'hotstuff', 'active']);
      // Nothing is said of one that nobody decided, whatever it names.
      const certificate = proof.certificate && {
        ...proof.certificate,
        signatures: proof.certificate.signatures.map((each) => ({
          ...each,
          signature: each.signature.map((byte, at) => (at === 9 ? byte ^ 1 : byte)),
        })),
      };
      const elsewhere = await switchProof(home.others, {
        ...{ from: HOTSTUFF_TABLE, epoch: 1n, to: 'other', roster },
      });
      assert.equal(await codeOf(older.handOver(1n, { ...elsewhere, certificate })), 'SIGNER_CERT_INVALID');
    }
    await using newer = await opened(home);
    await newer.handOver(1n, proof);
    assert.equal((await newer.api.getSigner()).protocol, 'null');
  });

  test('and a record of an epoch under a protocol that this signer lacks opens in none that it has', async () => {
    await using home = await signerHome(SCHEME);
    {
      await using signer = await opened(home);
      await signer.handOver(1n, await toNull(home));
    }
    await assert.rejects(opened(home, VOTE_TABLES), (error: AppError<{ readonly code: string }>) => {
      assert.equal(error.detail.code, 'CUSTODY_PROTOCOL_MISSING');
      assert.match(error.message, /epoch 1 is under protocol null.*it has hotstuff.*install a version/);
      return true;
    });
    const other = { ...home, config: { ...home.config, SIGNER_PROTOCOL: 'null' } };
    await assert.rejects(opened(other), /bound under protocol hotstuff, that of the genesis/);
  });

  test('and so does the key that follows it in that very epoch', async () => {
    await using home = await signerHome(SCHEME);
    const { others, config } = home;
    const next = await prepareRotation({ folder: config.SIGNER_FOLDER });
    await using signer = await opened(home);
    const roster = others.roster(next);
    const proof = await switchProof(others, { from: HOTSTUFF_TABLE, epoch: 1n, to: 'null', roster });
    await signer.handOver(1n, proof);
    const { publicKey, protocol, epoch } = await signer.api.getSigner();
    assert.deepEqual([Buffer.from(publicKey), protocol, epoch], [Buffer.from(next), 'null', 1n]);
    await signer.sign(1n, voteFor(NULL_TABLE, 'proposal', atHeight(21n)));
    await signer.close();
    await using again = await opened(home);
    assert.equal((await again.api.getSigner()).protocol, 'null');
    assert.equal(
      await codeOf(again.sign(1n, voteFor(NULL_TABLE, 'proposal', atHeight(21n, 1n, 'other ')))),
      'SIGNER_CONFLICTING_SLOT',
    );
  });

  test('and its history goes with it to another folder', async () => {
    await using home = await signerHome(SCHEME);
    const { root, config } = home;
    const proposal = voteFor(NULL_TABLE, 'proposal', atHeight(21n));
    {
      await using signer = await opened(home);
      await signer.handOver(1n, await toNull(home));
      await signer.sign(1n, proposal);
    }
    const file = join(root, 'history.json');
    await exportHistory({ folder: config.SIGNER_FOLDER }, file);
    const folder = join(root, 'moved');
    await mkdir(folder, { mode: 0o700 });
    for (const name of ['signer.key', 'audit.key'])
      await copyFile(join(config.SIGNER_FOLDER, name), join(folder, name));
    const { mode, isNew } = await importHistory({ folder }, file);
    assert.deepEqual([mode, isNew], ['active', true]);
    await using moved = await opened(home, BOTH, folder);
    assert.equal((await moved.api.getSigner()).protocol, 'null');
    const other = voteFor(NULL_TABLE, 'proposal', atHeight(21n, 1n, 'other '));
    assert.equal(await codeOf(moved.sign(1n, other)), 'SIGNER_CONFLICTING_SLOT');
  });
});

async function rootOf({ certificate }: Awaited<ReturnType<typeof switchProof>>) {
  assert.ok(certificate !== undefined);
  return {
    digest: Buffer.from(certificate.blockDigest).toString('hex') as VoteStatement['reports'][0]['digest'],
  };
}
