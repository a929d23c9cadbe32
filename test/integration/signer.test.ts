import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { toHex } from '#libs/bytes/hex.ts';
import { digestBytes, toDigest, toEpoch, toMemberIndex } from '#libs/chain/ids.ts';
import { schemeByName } from '#libs/crypto/scheme.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { createAuthority } from '#libs/pki/pki.ts';
import { headBytes } from '#libs/protocol/audit-head.ts';
import { signingBytes } from '#libs/protocol/hotstuff/signing-bytes.ts';
import { blockStatement, type Phase, timeoutStatement } from '#libs/protocol/hotstuff/statements.ts';
import type { Signed } from '#libs/protocol/signed.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { headerToWire } from '#libs/wire/block.ts';
import { certificateToWire } from '#libs/wire/certificate.ts';
import { composeSigner } from '#services/signer/compose.ts';
import type { SignerLifecycle } from '#services/signer/signer-lifecycle.ts';
import { blockOn, GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import {
  type ClientIdentity,
  clientTls,
  type SignerClient,
  type SignerHome,
  signerClient,
  signerHome,
  TEST_CHAIN,
} from '#test/support/signer/signer-home.ts';
import { putBytes, putCertificate, withGrounds, withStatement } from '#test/support/signer/signer-peers.ts';

const SCHEME = 'slh-dsa-sha2-128f';
const CHAIN_BYTES = digestBytes(TEST_CHAIN);
/** A second fills the quota of 32 timeouts again. */
const QUOTA_BACK_MS = 1_000;
const SCOPE_OF_BLOCKS = { chain: TEST_CHAIN, protocol: 'hotstuff', epoch: toEpoch(0n) };

/** Refused with this status and code; by TLS alone, there is no code. */
async function assertRefused(
  call: Promise<unknown>,
  status: string,
  errorCode: string | undefined,
): Promise<void> {
  await assert.rejects(call, (error: Error & { detail?: { status: string; errorCode?: string } }) => {
    assert.deepEqual([error.detail?.status, error.detail?.errorCode], [status, errorCode], error.message);
    return true;
  });
}

/** How many calls were refused, each because its client asks for too much. */
function overloadedIn(results: readonly PromiseSettledResult<unknown>[]): number {
  const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  for (const error of refused) assert.equal(error.detail.errorCode, 'SIGNER_OVERLOADED');
  return refused.length;
}

describe('a signer, by mutual TLS', () => {
  const log = memoryLogger();
  let home: SignerHome;
  let signer: SignerLifecycle;
  let client: SignerClient;
  let session = 0n;

  const start = async (): Promise<void> => {
    signer = await composeSigner(home.config, log);
    await signer.start();
    client = signerClient(signer.boundAddress(), clientTls(home));
  };
  const stop = async (): Promise<void> => {
    client.close();
    await signer.stop();
  };
  before(async () => {
    home = await signerHome(SCHEME);
    await start();
  });
  after(async () => {
    await stop();
    await home[Symbol.asyncDispose]();
  });

  test('says who it is and what it signed last', async () => {
    const facts = await client.getSigner({});
    assert.equal(facts.scheme, SCHEME);
    assert.deepEqual(Buffer.from(facts.publicKey), Buffer.from(home.publicKey));
    assert.deepEqual(Buffer.from(facts.chainDigest), Buffer.from(digestBytes(TEST_CHAIN)));
    assert.deepEqual([facts.lastView, facts.signatureCount, facts.backend], [0n, 0n, 'native']);
    assert.deepEqual([facts.mode, facts.session], ['active', 0n]);
  });

  test('SIG-03 signs exactly the signing bytes of what it was asked, of every kind', async () => {
    const { others } = home;
    const block = blockOn(GENESIS, 4);
    const { view, height } = block.header;
    const about = (kind: 'proposal' | Phase) => blockStatement(kind, view, { height, digest: block.digest });
    const signed: (readonly [VoteStatement, { readonly signature: Uint8Array }])[] = [
      [about('proposal'), await client.sign(others.proposal(block, session))],
    ];
    const own = withGrounds(others.vote('prepare', block, session), {
      header: headerToWire(block.header),
    });
    signed.push([about('prepare'), await client.sign(own)]);
    for (const [kind, needed] of [
      ['pre-commit', 'prepare'],
      ['commit', 'pre-commit'],
    ] as const) {
      const vote = others.vote(kind, block, session);
      await assertRefused(client.sign(vote), 'FAILED_PRECONDITION', 'SIGNER_CERT_UNKNOWN');
      const certificate = await others.certificate(needed, block);
      assert.equal(await putCertificate(client, others.scope(session), certificate), 4n);
      signed.push([about(kind), await client.sign(vote)]);
    }
    const timeout = timeoutStatement(view, { view, digest: block.digest });
    signed.push([timeout, await client.sign(others.timeout(4, block, session))]);
    const scheme = schemeByName(SCHEME);
    for (const [statement, { signature }] of signed) {
      const message = signingBytes(SCOPE_OF_BLOCKS, statement);
      assert.ok(await scheme.verify(home.publicKey, message, signature), statement.kind);
    }
    const facts = await client.getSigner({});
    assert.deepEqual([facts.lastView, facts.signatureCount], [4n, 5n]);
  });

  test('repeats a signature byte for byte, also after a restart, and refuses another digest there', async () => {
    const { others } = home;
    const wanted = await others.prepare(5, 0, session);
    // The lock of the test before holds, so the block extends its certified one.
    await assertRefused(client.sign(wanted), 'FAILED_PRECONDITION', 'SIGNER_UNSAFE_BRANCH');
    const high = blockOn(GENESIS, 4);
    const first = await client.sign(others.timeout(5, high, session));
    assert.equal(first.repeatedSignature, false);
    const again = await client.sign(others.timeout(5, high, session));
    assert.deepEqual(again, { ...first, repeatedSignature: true });
    await stop();
    await start();
    assert.deepEqual(await client.sign(others.timeout(5, high, session)), again);
    const other = blockOn(GENESIS, 5);
    await putCertificate(client, others.scope(session), await others.certificate('prepare', other));
    const conflicting = client.sign(others.timeout(5, other, session));
    await assertRefused(conflicting, 'FAILED_PRECONDITION', 'SIGNER_CONFLICTING_SLOT');
  });

  test('takes no certificate that does not hold', async () => {
    const { others } = home;
    const block = blockOn(GENESIS, 6);
    const certificate = await others.certificate('prepare', block);
    const [first, second, third] = certificate.signatures;
    assert.ok(first && second && third);
    const flipped = { ...third, signature: third.signature.map((byte, at) => (at === 9 ? byte ^ 1 : byte)) };
    const put = (signatures: readonly Signed[]) =>
      putCertificate(client, others.scope(session), { ...certificate, signatures });
    for (const signatures of [
      [first, second],
      [first, second, second],
      [first, second, flipped],
      [third, second, first],
      [first, second, { ...third, member: toMemberIndex(0) }],
      [],
    ]) {
      await assertRefused(put(signatures), 'INVALID_ARGUMENT', 'SIGNER_CERT_INVALID');
    }
    // A false certificate stays false: sent again, it costs no verification.
    const { verifier: before } = await client.getSigner({});
    await assertRefused(put([first, second, flipped]), 'INVALID_ARGUMENT', 'SIGNER_CERT_INVALID');
    const { verifier: after } = await client.getSigner({});
    assert.ok(before !== undefined && before.refused > 0n);
    assert.deepEqual(after, before);
    const vote = others.vote('pre-commit', block, session);
    await assertRefused(client.sign(vote), 'FAILED_PRECONDITION', 'SIGNER_CERT_UNKNOWN');
    const foreign = putCertificate(client, others.scope(session + 1n), certificate);
    await assertRefused(foreign, 'FAILED_PRECONDITION', 'SIGNER_SESSION_FENCED');
    const huge = putBytes(client, others.scope(session), new Uint8Array(200_000));
    await assertRefused(huge, 'INVALID_ARGUMENT', 'SIGNER_MALFORMED');
  });

  test('verifies each signature of a certificate, also where it knows one for the same block', async () => {
    const { others } = home;
    const certificate = await others.certificate('prepare', blockOn(GENESIS, 6));
    const [first, second, third] = certificate.signatures;
    assert.ok(first && second && third);
    await putCertificate(client, others.scope(session), certificate);
    const other = { ...third, signature: third.signature.map((byte, at) => (at === 9 ? byte ^ 1 : byte)) };
    const sameBlock = { ...certificate, signatures: [first, second, other] };
    const put = putCertificate(client, others.scope(session), sameBlock);
    await assertRefused(put, 'INVALID_ARGUMENT', 'SIGNER_CERT_INVALID');
  });

  test('refuses a vote whose proposal the leader did not sign', async () => {
    const { others } = home;
    const good = await others.prepare(6, 0, session);
    const bare = withGrounds(good, { proposalSignature: new Uint8Array() });
    await assertRefused(client.sign(bare), 'FAILED_PRECONDITION', 'SIGNER_PROPOSAL_UNKNOWN');
    const other = await others.prepare(6, 1, session);
    const mixed = withGrounds(good, {
      proposalSignature: other.grounds?.proposalSignature ?? new Uint8Array(),
    });
    await assertRefused(client.sign(mixed), 'FAILED_PRECONDITION', 'SIGNER_PROPOSAL_UNKNOWN');
  });

  test('refuses another chain and what cannot be', async () => {
    const { others } = home;
    const good = others.timeout(7, blockOn(GENESIS, 4), session);
    const other = { ...others.scope(session), chainDigest: digestBytes(toDigest('b'.repeat(64))) };
    await assertRefused(client.sign({ ...good, scope: other }), 'FAILED_PRECONDITION', 'SIGNER_WRONG_CHAIN');
    for (const [change, status, code] of [
      // No protocol of this signer has the kind: said before anything else is looked at.
      [{ kind: 'pre-vote' }, 'FAILED_PRECONDITION', 'SIGNER_WRONG_KIND'],
      [{ kind: 'constructor' }, 'FAILED_PRECONDITION', 'SIGNER_WRONG_KIND'],
      [{ kind: 'Timeout' }, 'INVALID_ARGUMENT', 'SIGNER_MALFORMED'],
      [{ kind: 'x'.repeat(17) }, 'INVALID_ARGUMENT', 'SIGNER_MALFORMED'],
      // Shapes that the table of the epoch does not have.
      [{ view: 0n }, 'FAILED_PRECONDITION', 'SIGNER_WRONG_KIND'],
      [{ instance: 1n }, 'FAILED_PRECONDITION', 'SIGNER_WRONG_KIND'],
      [{ reports: [] }, 'FAILED_PRECONDITION', 'SIGNER_WRONG_KIND'],
      [
        { reports: [{ instance: 1n, view: 4n, digest: digestBytes(blockOn(GENESIS, 4).digest) }] },
        'FAILED_PRECONDITION',
        'SIGNER_WRONG_KIND',
      ],
      [{ kind: 'commit' }, 'FAILED_PRECONDITION', 'SIGNER_WRONG_KIND'],
      [{ block: { height: 1n, digest: CHAIN_BYTES } }, 'FAILED_PRECONDITION', 'SIGNER_WRONG_KIND'],
    ] as const) {
      await assertRefused(client.sign(withStatement(good, change)), status, code);
    }
    await assertRefused(
      client.sign({ ...good, statement: undefined }),
      'INVALID_ARGUMENT',
      'SIGNER_MALFORMED',
    );
    await assertRefused(client.sign({ ...good, scope: undefined }), 'INVALID_ARGUMENT', 'SIGNER_MALFORMED');
    await assertRefused(
      client.sign(others.timeout(1000, blockOn(GENESIS, 4), session)),
      'FAILED_PRECONDITION',
      'SIGNER_VIEW_JUMP',
    );
  });

  test('verifies nothing for a statement that the protocol lacks, whatever it rests on', async () => {
    const { others } = home;
    const block = blockOn(GENESIS, 6, { salt: 7 });
    const certificate = certificateToWire(await others.certificate('prepare', block));
    const vote = withGrounds(others.vote('pre-commit', block, session), { certificate });
    const { verifier: before } = await client.getSigner({});
    const strange = client.sign(withStatement(vote, { instance: 6n }));
    await assertRefused(strange, 'FAILED_PRECONDITION', 'SIGNER_WRONG_KIND');
    assert.deepEqual((await client.getSigner({})).verifier, before);
  });

  test('SIG-15 refuses more than one client may ask for, and takes no slot for that', async () => {
    const { signatureCount: before } = await client.getSigner({});
    const asked = Array.from({ length: 200 }, () => home.others.timeout(7, blockOn(GENESIS, 4), session));
    const results = await Promise.allSettled(asked.map((request) => client.sign(request)));
    // How many are too many depends on how fast the machine brings them (client-gate.test.ts).
    assert.ok(overloadedIn(results) < asked.length, 'all were refused');
    const { signatureCount } = await client.getSigner({});
    assert.equal(signatureCount, before + 1n);
    // Five questions a second are answered: no machine is so slow that it asks fewer.
    const questions = Array.from({ length: 200 }, () => client.getSigner({}));
    assert.notEqual(overloadedIn(await Promise.allSettled(questions)), 0);
    await sleep(QUOTA_BACK_MS);
  });

  test('signs for the newest session alone', async () => {
    const { session: newer } = await client.openSession({});
    assert.equal(newer, session + 1n);
    const high = blockOn(GENESIS, 4);
    const old = client.sign(home.others.timeout(8, high, session));
    await assertRefused(old, 'FAILED_PRECONDITION', 'SIGNER_SESSION_FENCED');
    await stop();
    await start();
    session = newer;
    assert.equal((await client.sign(home.others.timeout(8, high, session))).repeatedSignature, false);
  });

  test('shows the signed head of its audit log, which grows with each decision', async () => {
    const { auditHead: before } = await client.getSigner({});
    await client.sign(home.others.timeout(9, blockOn(GENESIS, 4), session));
    const { auditHead: after, chainDigest, publicKey } = await client.getSigner({});
    assert.ok(before !== undefined && after !== undefined);
    // Rows of refusals are told of with the next record: a power cut could take them back.
    assert.ok(after.sequence > before.sequence);
    const owner = { chain: toDigest(toHex(chainDigest)), publicKey };
    const key = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(after.publicKey).toString('base64url') },
      format: 'jwk',
    });
    assert.ok(verify(null, headBytes(owner, after), key, after.signature));
    assert.ok(!verify(null, headBytes(owner, { ...after, sequence: 1n }), key, after.signature));
  });

  for (const [name, identity] of [
    ['an authority of somebody else', { issuer: createAuthority('stranger', 2) }],
    ['a certificate that is no client certificate', { usage: 'server' }],
  ] as const satisfies readonly (readonly [string, ClientIdentity])[]) {
    test(`lets nobody in with ${name}`, async () => {
      const stranger = signerClient(signer.boundAddress(), clientTls(home, identity));
      await assertRefused(stranger.getSigner({}), 'UNAVAILABLE', undefined);
      stranger.close();
    });
  }

  test('lets nobody in without a certificate, nor without TLS', async () => {
    const { ca } = clientTls(home);
    const nobody = signerClient(signer.boundAddress(), { ca });
    await assertRefused(nobody.getSigner({}), 'UNAVAILABLE', undefined);
    nobody.close();
  });

  test('serves no other service of the member, and says so in its log', async () => {
    const gateway = signerClient(signer.boundAddress(), clientTls(home, { commonName: 'gateway' }));
    await assertRefused(gateway.getSigner({}), 'PERMISSION_DENIED', 'SIGNER_NOT_ALLOWED');
    const timeout = gateway.sign(home.others.timeout(9, blockOn(GENESIS, 4), session));
    await assertRefused(timeout, 'PERMISSION_DENIED', 'SIGNER_NOT_ALLOWED');
    await assertRefused(gateway.openSession({}), 'PERMISSION_DENIED', 'SIGNER_NOT_ALLOWED');
    const put = putBytes(gateway, home.others.scope(session), new Uint8Array(10));
    await assertRefused(put, 'PERMISSION_DENIED', 'SIGNER_NOT_ALLOWED');
    gateway.close();
    assert.ok(log.lines.some(({ message }) => message === 'client certificate of another name or key'));
    assert.equal((await client.getSigner({})).lastView, 9n);
  });

  test('warns at start that the key is not encrypted, and never logs it', () => {
    assert.ok(log.lines.some(({ message }) => message === 'the consensus key is not encrypted on disk'));
  });
});
