import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { toDigest, toEpoch, toView } from '#libs/chain/ids.ts';
import { BatchVerifier } from '#libs/crypto/batch-verifier.ts';
import type { MembershipBook } from '#libs/engine/membership/membership-book.ts';
import type { HostedRecord } from '#libs/protocol/hosting/hosted-protocol.ts';
import { recordWith } from '#test/support/chain/chain-fixture.ts';
import { TEST_TERMS } from '#test/support/chain/membership.ts';
import { SignedChain } from '#test/support/chain/signed-chain.ts';
import type { ChainStore } from './chain-store.ts';
import type { LoadedChain } from './load-chain.ts';
import { startFault } from './start-check.ts';

const BLOCKS = 6;
/** m0, m1 and m2 sign every certificate, m3 none. */
const SIGNER = 'm1';
const SILENT = 'm3';

const folder = mkdtempSync(join(tmpdir(), 'start-check-'));
let signed: SignedChain;
let store: ChainStore;

before(async () => {
  signed = await SignedChain.of({
    scheme: 'slh-dsa-sha2-128f',
    blocks: BLOCKS,
    blocksPerCertificate: 2,
    transactionsPerBlock: 1,
    transactionBytes: 10,
  });
  store = signed.open(folder);
  await signed.decide(store);
});

after(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

interface Change {
  readonly chain?: 'another';
  readonly silentAt?: bigint;
  /** Certificates as of a protocol where each height has views of its own. */
  readonly isOfRounds?: true;
}

/** The view that each height of the rounds was decided in. */
const LATE = toView(3n);

async function faultOf(
  name: string,
  record: Pick<HostedRecord, 'epoch' | 'reached'> | undefined,
  change: Change = {},
): Promise<string | undefined> {
  const certificateWithin: ChainStore['certificateWithin'] = (span) => {
    const found = store.certificateWithin(span);
    if (found === undefined) return undefined;
    const place = change.isOfRounds === true ? { instance: found.height, view: LATE } : {};
    const silence = found.height === change.silentAt ? { signatures: [] } : {};
    return { ...found, ...place, ...silence };
  };
  const membership = { set: signed.set, terms: TEST_TERMS } as MembershipBook['current'];
  const chain = {
    store: {
      tip: () => store.tip(),
      headerOf: (digest) => store.headerOf(digest),
      certificateWithin,
    } as ChainStore,
    name,
    chainDigest: change.chain === undefined ? signed.scope.chain : toDigest('0f'.repeat(32)),
    book: { current: membership, epoch: () => membership } as unknown as MembershipBook,
    genesis: { scheme: signed.scheme.name } as LoadedChain['genesis'],
  };
  const fault = await startFault(chain, record, new BatchVerifier({ schemes: [signed.scheme] }));
  return fault?.reason;
}

const upTo = (view: number, epoch = 0n) => recordWith({ view: toView(BigInt(view)), epoch: toEpoch(epoch) });

describe('the check of a member before it takes part', () => {
  test('A.31 passes for a chain whose newest block is certified and whose record knows its own signatures', async () => {
    assert.equal(await faultOf(SIGNER, upTo(BLOCKS)), undefined);
    assert.equal(await faultOf(SIGNER, upTo(BLOCKS + 5)), undefined);
    assert.equal(await faultOf(SIGNER, upTo(1, 1n)), undefined, 'what it signed in a later epoch it knows');
  });

  test('A.32 finds a signature of its own beyond the record, and one that there is no record of', async () => {
    const alarm = (view: number, reached: number) =>
      new RegExp(`key of this member for view ${view} was seen, .* ends at view ${reached}:.* old copy`);
    assert.match((await faultOf(SIGNER, upTo(BLOCKS - 1))) ?? '', alarm(BLOCKS, BLOCKS - 1));
    assert.match((await faultOf(SIGNER, undefined)) ?? '', alarm(BLOCKS, 0));
  });

  test('A.32 finds it below the newest certificate too', async () => {
    const silentAt = BigInt(BLOCKS);
    assert.match((await faultOf(SIGNER, upTo(1), { silentAt })) ?? '', /for view 4 was seen/);
    assert.equal(await faultOf(SIGNER, upTo(4), { silentAt }), undefined);
  });

  test('A.32 goes by the height first where each has views of its own', async () => {
    const at = (instance: bigint, view: bigint) => ({
      epoch: toEpoch(0n),
      reached: { instance, view: toView(view) },
    });
    const isOfRounds = true;
    assert.equal(
      await faultOf(SIGNER, at(7n, 0n), { isOfRounds }),
      undefined,
      'an early view of a later height',
    );
    assert.equal(await faultOf(SIGNER, at(6n, 3n), { isOfRounds }), undefined);
    assert.match(
      (await faultOf(SIGNER, at(6n, 2n), { isOfRounds })) ?? '',
      /for view 3 of height 6 was seen/,
    );
    const before = await faultOf(SIGNER, at(5n, 9n), { isOfRounds });
    assert.match(before ?? '', /for view 3 of height 6 was seen, .* ends at view 9 of height 5/);
    assert.match((await faultOf(SIGNER, undefined, { isOfRounds })) ?? '', /ends at view 0:/);
  });

  test('raises no alarm for certificates that others signed', async () => {
    assert.equal(await faultOf(SILENT, undefined), undefined);
    assert.equal(await faultOf(SILENT, upTo(1)), undefined);
  });

  test('A.31 finds a newest block whose signatures do not hold', async () => {
    const fault = await faultOf(SILENT, upTo(BLOCKS), { chain: 'another' });
    assert.match(
      fault ?? '',
      /signatures of block 6, the newest of chain\.db, do not hold: the file is damaged/,
    );
  });
});
