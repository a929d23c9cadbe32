import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { concatBytes, equalBytes } from '#libs/bytes/bytes.ts';
import { sha256 } from '#libs/bytes/sha256.ts';
import { type BlockHeader, headerDigest } from '#libs/chain/block.ts';
import { type Digest, toDigest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { claimsOf, type QuorumCertificate } from '#libs/protocol/certificate.ts';
import { signingBytes } from '#libs/protocol/hotstuff/signing-bytes.ts';
import type { Phase } from '#libs/protocol/hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { validatorSet } from '#libs/protocol/validator-set.ts';
import { MemoryChain } from '#test/support/chain/memory-chain.ts';
import { type BlockProof, type Trust, verifyBlock } from './verify-block.ts';
import { type TransactionProof, verifyTransactionProof } from './verify-transaction.ts';

// A scheme that anyone can sign in: these tests are about the signed bytes, not about the scheme.
const sign = (publicKey: Uint8Array, message: Uint8Array): Uint8Array =>
  sha256(concatBytes([publicKey, message]));

const trust: Trust = {
  chainDigest: toDigest('ab'.repeat(32)),
  votes: HOTSTUFF_TABLE,
  votesOf: (protocol) => (protocol === HOTSTUFF_TABLE.protocol ? HOTSTUFF_TABLE : undefined),
  validators: validatorSet(
    toEpoch(0n),
    ['a', 'b', 'c', 'd'].map((name, at) => ({ name, publicKey: Uint8Array.of(at), weight: 1n })),
  ),
  scheme: 'of-anyone',
  verify: async (publicKey, message, signature) => equalBytes(sign(publicKey, message), signature),
};

interface Forgery {
  readonly phase?: Phase;
  readonly signers?: readonly number[];
  readonly chain?: Digest;
  readonly protocol?: string;
}

/** A certificate that its signers truly signed; some choices make it worthless. */
function certify(header: BlockHeader, digest: Digest, forgery: Forgery = {}): QuorumCertificate {
  const { phase = 'commit', signers = [0, 1, 3], chain = trust.chainDigest, protocol = 'hotstuff' } = forgery;
  const unsigned = signers.map((member) => ({ member: toMemberIndex(member), signature: new Uint8Array(0) }));
  const certificate = {
    kind: phase,
    instance: 0n,
    view: header.view,
    height: header.height,
    digest,
    signatures: unsigned,
  };
  const signatures = claimsOf(certificate).map(({ member, statement }) => ({
    member,
    signature: sign(Uint8Array.of(member), signingBytes({ chain, protocol, epoch: toEpoch(0n) }, statement)),
  }));
  return { ...certificate, signatures };
}

const apple = Buffer.from('apple');
const pear = Buffer.from('pear');

/** A chain whose blocks 2 to 4 are final by the certificate of block 4. */
function longChain(): MemoryChain {
  const chain = new MemoryChain(certify);
  chain.append(Buffer.from('first'));
  chain.appendTogether([[apple, pear], [], [Buffer.from('last')]]);
  return chain;
}

function proofOf(chain: MemoryChain, height: bigint): BlockProof {
  const certified = chain.certifiedBlock(toHeight(height));
  assert.ok(certified);
  return { ...certified, header: certified.block.header };
}

async function faultOf(proof: BlockProof, by: Partial<Trust> = {}): Promise<string | undefined> {
  const verdict = await verifyBlock(proof, { ...trust, ...by });
  return verdict.ok ? undefined : verdict.fault;
}

describe('verifyBlock', () => {
  test('believes a block with its own certificate', async () => {
    assert.equal(await faultOf(proofOf(longChain(), 1n)), undefined);
  });

  test('believes an ancestor of a certified block', async () => {
    assert.equal(await faultOf(proofOf(longChain(), 2n)), undefined);
    assert.equal(await faultOf(proofOf(longChain(), 3n)), undefined);
  });

  test('believes genesis by its digest alone', async () => {
    const chain = longChain();
    const genesis = proofOf(chain, 0n);
    const { digest: genesisBlock } = genesis.certificate;
    assert.equal(await faultOf(genesis, { genesisBlock }), undefined);
    assert.equal(await faultOf(genesis), 'at the position of the root or below, without being it');
    assert.equal(
      await faultOf(genesis, { genesisBlock: proofOf(chain, 1n).certificate.digest }),
      'at the position of the root or below, without being it',
    );
  });

  test('believes a header with extensions, and the same one without them, or with others, not', async () => {
    const { block } = longChain().certifiedBlock(toHeight(1n)) ?? assert.fail();
    const saying = (tag: number) => ({
      ...block.header,
      extensions: [{ tag, content: Uint8Array.of(7) }],
    });
    const certificate = certify(saying(2), headerDigest(saying(2)));
    const faultWith = (header: BlockHeader) => faultOf({ header, certificate, descendants: [] });
    assert.equal(await faultWith(saying(2)), undefined);
    assert.equal(await faultWith(block.header), 'certificate of another block');
    assert.equal(await faultWith(saying(1)), 'certificate of another block');
  });

  const forged = async (forgery: Forgery): Promise<string | undefined> => {
    const { block } = longChain().certifiedBlock(toHeight(1n)) ?? assert.fail();
    const certificate = certify(block.header, block.digest, forgery);
    return faultOf({ header: block.header, certificate, descendants: [] });
  };

  for (const [name, forgery, fault] of [
    ['a thin quorum', { signers: [0, 1] }, 'signers below quorum'],
    ['no signature', { signers: [] }, 'signers below quorum'],
    ['a signer who is named twice', { signers: [0, 1, 1] }, 'signers repeated or out of order'],
    ['signers out of order', { signers: [1, 0, 3] }, 'signers repeated or out of order'],
    ['a signer who is no member', { signers: [0, 1, 7] }, 'unknown signer'],
    ['the prepare phase', { phase: 'prepare' }, 'certificate of the prepare phase'],
    ['the pre-commit phase', { phase: 'pre-commit' }, 'certificate of the pre-commit phase'],
    ['another chain', { chain: toDigest('cd'.repeat(32)) }, 'a signature does not hold'],
    ['another protocol', { protocol: 'pbft' }, 'a signature does not hold'],
  ] as const) {
    test(`refuses a certificate of ${name}`, async () => {
      assert.equal(await forged(forgery), fault);
    });
  }

  test('refuses one bad signature, even beside a quorum of good ones', async () => {
    const { header } = proofOf(longChain(), 1n);
    const good = certify(header, proofOf(longChain(), 1n).certificate.digest, { signers: [0, 1, 2, 3] });
    const signatures = good.signatures.map((each, at) =>
      at === 2 ? { ...each, signature: Uint8Array.of(1) } : each,
    );
    const proof = { header, certificate: { ...good, signatures }, descendants: [] };
    assert.equal(await faultOf(proof), 'a signature does not hold');
  });

  test('refuses a view that the signatures do not cover', async () => {
    const proof = proofOf(longChain(), 1n);
    const certificate = { ...proof.certificate, view: toView(9n) };
    assert.equal(await faultOf({ ...proof, certificate }), 'a signature does not hold');
  });

  test('refuses a header that was changed', async () => {
    const proof = proofOf(longChain(), 1n);
    const header = { ...proof.header, stateRoot: toDigest('00'.repeat(32)) };
    assert.equal(await faultOf({ ...proof, header }), 'certificate of another block');
  });

  test('refuses descendants that do not link', async () => {
    const proof = proofOf(longChain(), 2n);
    const [, second] = proof.descendants;
    assert.ok(second);
    assert.equal(await faultOf({ ...proof, descendants: [second] }), 'descendants are not a chain');
    assert.equal(await faultOf({ ...proof, descendants: [] }), 'certificate of another block');
    const skipping = proof.descendants.map((each) => ({ ...each, height: toHeight(each.height + 1n) }));
    assert.equal(await faultOf({ ...proof, descendants: skipping }), 'descendants are not a chain');
  });

  test('refuses more descendants than a proof needs, before hashing them', async () => {
    const proof = proofOf(longChain(), 1n);
    const descendants = Array.from({ length: 1_025 }, () => proof.header);
    assert.equal(await faultOf({ ...proof, descendants }), 'too many descendants');
  });

  test('refuses a block of another epoch', async () => {
    const validators = { ...trust.validators, epoch: toEpoch(1n) };
    assert.equal(await faultOf(proofOf(longChain(), 1n), { validators }), 'block of another epoch');
  });
});

describe('verifyTransactionProof', () => {
  const proofFor = (chain: MemoryChain, transaction: Uint8Array): TransactionProof => {
    const found = chain.transaction(transactionOf(transaction).hash);
    assert.ok(found);
    return { ...found, block: proofOf(chain, found.height) };
  };
  const fault = async (transaction: Uint8Array, proof: TransactionProof): Promise<string | undefined> => {
    const verdict = await verifyTransactionProof(transaction, proof, trust);
    return verdict.ok ? undefined : verdict.fault;
  };

  test('believes each transaction of a final block', async () => {
    const chain = longChain();
    for (const transaction of [apple, pear]) {
      assert.equal(await fault(transaction, proofFor(chain, transaction)), undefined);
    }
  });

  test('refuses the proof of another transaction', async () => {
    assert.equal(await fault(pear, proofFor(longChain(), apple)), 'not under the payload root');
  });

  test('refuses a transaction that is under one root only', async () => {
    const chain = longChain();
    const mixed = { ...proofFor(chain, apple), stateProof: proofFor(chain, pear).stateProof };
    assert.equal(await fault(apple, mixed), 'not under the state root');
  });

  test('refuses a proof for a tree of another size', async () => {
    const proof = proofFor(longChain(), apple);
    const payloadProof = { ...proof.payloadProof, size: 3n };
    assert.equal(await fault(apple, { ...proof, payloadProof }), 'payload proof of another size');
  });

  test('refuses the proofs of two places of the same bytes', async () => {
    const chain = new MemoryChain(certify);
    chain.append(apple);
    chain.append(apple, apple);
    const proof = proofFor(chain, apple); // Finds the last of them.
    const payloadProof = { index: 0n, size: 2n, path: proof.payloadProof.path };
    assert.equal(await fault(apple, { ...proof, payloadProof }), 'proofs of two places');
  });

  test('refuses a block that is not final', async () => {
    const chain = longChain();
    const proof = proofFor(chain, apple);
    const certificate = { ...proof.block.certificate, signatures: [] };
    const block = { ...proof.block, certificate };
    assert.equal(await fault(apple, { ...proof, block }), 'signers below quorum');
  });
});
