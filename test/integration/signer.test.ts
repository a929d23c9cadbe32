import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { digestBytes, toDigest, toEpoch, toHeight, toView } from '#libs/chain/ids.ts';
import { schemeByName } from '#libs/crypto/scheme.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { createAuthority } from '#libs/pki/pki.ts';
import { Phase } from '#libs/proto/btcfed/consensus/v1/certificate.ts';
import { type Statement, signingBytes } from '#libs/protocol/statement.ts';
import { composeSigner, type SignerLifecycle } from '#services/signer/compose.ts';
import {
  type ClientIdentity,
  clientTls,
  type SignerClient,
  type SignerHome,
  signerClient,
  signerHome,
  TEST_CHAIN,
} from '../support/signer-home.ts';

const SCHEME = 'slh-dsa-sha2-128f';
const scope = { chainDigest: digestBytes(TEST_CHAIN), epoch: 0n };
const A = toDigest('a'.repeat(64));
const B = toDigest('b'.repeat(64));

const vote = (view: bigint, digest = A, phase: Phase = Phase.PREPARE) => ({
  scope,
  phase,
  view,
  height: 1n,
  blockDigest: digestBytes(digest),
});

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

describe('a signer, by mutual TLS', () => {
  const log = memoryLogger();
  let home: SignerHome;
  let signer: SignerLifecycle;
  let client: SignerClient;

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
  });

  test('signs exactly the signing bytes of what it was asked, of every kind', async () => {
    const view = toView(1n);
    const block = { view, height: toHeight(1n), digest: A };
    const timeout = { scope, view: 1n, highView: 1n, highBlockDigest: digestBytes(A) };
    const { phase: _, ...proposal } = vote(1n);
    const signed: readonly (readonly [Statement, { readonly signature: Uint8Array }])[] = [
      [{ kind: 'proposal', ...block }, await client.signProposal(proposal)],
      [{ kind: 'prepare', ...block }, await client.signVote(vote(1n))],
      [{ kind: 'pre-commit', ...block }, await client.signVote(vote(1n, A, Phase.PRE_COMMIT))],
      [{ kind: 'commit', ...block }, await client.signVote(vote(1n, A, Phase.COMMIT))],
      [{ kind: 'timeout', view, highView: view, highDigest: A }, await client.signTimeout(timeout)],
    ];
    const scheme = schemeByName(SCHEME);
    const signingScope = { chain: TEST_CHAIN, protocol: 'hotstuff', epoch: toEpoch(0n) };
    for (const [statement, { signature }] of signed) {
      const message = signingBytes(signingScope, statement);
      assert.ok(await scheme.verify(home.publicKey, message, signature), statement.kind);
    }
    const facts = await client.getSigner({});
    assert.deepEqual([facts.lastView, facts.signatureCount], [1n, 5n]);
  });

  test('repeats a signature byte for byte, also after a restart', async () => {
    const first = await client.signVote(vote(2n));
    assert.equal(first.repeatedSignature, false);
    const again = await client.signVote(vote(2n));
    assert.deepEqual(again, { signature: first.signature, repeatedSignature: true });
    await stop();
    await start();
    assert.deepEqual(await client.signVote(vote(2n)), again);
    assert.equal((await client.getSigner({})).lastView, 2n);
  });

  test('refuses a second digest for a slot, also after a restart', async () => {
    await client.signVote(vote(3n));
    await assertRefused(client.signVote(vote(3n, B)), 'FAILED_PRECONDITION', 'SIGNER_CONFLICTING_SLOT');
    await assertRefused(
      client.signVote({ ...vote(3n), height: 2n }),
      'FAILED_PRECONDITION',
      'SIGNER_CONFLICTING_SLOT',
    );
    await stop();
    await start();
    await assertRefused(client.signVote(vote(3n, B)), 'FAILED_PRECONDITION', 'SIGNER_CONFLICTING_SLOT');
  });

  test('signs nothing new of a view that it gave up', async () => {
    await client.signTimeout({ scope, view: 4n, highView: 3n, highBlockDigest: digestBytes(A) });
    await assertRefused(client.signVote(vote(4n)), 'FAILED_PRECONDITION', 'SIGNER_STALE_SLOT');
    await assertRefused(client.signVote(vote(1n, B)), 'FAILED_PRECONDITION', 'SIGNER_CONFLICTING_SLOT');
  });

  test('refuses another chain and what cannot be', async () => {
    const other = { ...scope, chainDigest: digestBytes(B) };
    await assertRefused(
      client.signVote({ ...vote(9n), scope: other }),
      'FAILED_PRECONDITION',
      'SIGNER_WRONG_CHAIN',
    );
    await assertRefused(client.signVote(vote(0n)), 'INVALID_ARGUMENT', 'SIGNER_MALFORMED');
    await assertRefused(
      client.signVote(vote(9n, A, Phase.UNSPECIFIED)),
      'INVALID_ARGUMENT',
      'SIGNER_MALFORMED',
    );
    await assertRefused(
      client.signVote({ ...vote(9n), scope: undefined }),
      'INVALID_ARGUMENT',
      'SIGNER_MALFORMED',
    );
    assert.equal((await client.getSigner({})).lastView, 4n);
  });

  test('refuses more than it can queue, and records none of that', async () => {
    const views = Array.from({ length: 40 }, (_, index) => 100n + BigInt(index));
    const results = await Promise.allSettled(views.map((view) => client.signVote(vote(view))));
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    assert.ok(refused.length > 0 && refused.length < views.length, `${refused.length} refused`);
    for (const error of refused) assert.equal(error.detail.errorCode, 'SIGNER_OVERLOADED');
    const { signatureCount } = await client.getSigner({});
    assert.equal(signatureCount, 8n + BigInt(views.length - refused.length));
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
    await assertRefused(gateway.signVote(vote(500n)), 'PERMISSION_DENIED', 'SIGNER_NOT_ALLOWED');
    gateway.close();
    assert.ok(log.lines.some(({ message }) => message === 'client certificate of another name'));
    assert.equal((await client.getSigner({})).lastView < 500n, true);
  });

  test('warns at start that the key is not encrypted, and never logs it', () => {
    assert.ok(log.lines.some(({ message }) => message === 'the consensus key is not encrypted on disk'));
  });
});
