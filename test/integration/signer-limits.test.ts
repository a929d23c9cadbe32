import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { composeSigner } from '#services/signer/compose.ts';
import type { SignerLifecycle } from '#services/signer/signer-lifecycle.ts';
import { blockOn, GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import {
  clientTls,
  type SignerClient,
  type SignerHome,
  signerClient,
  signerHome,
} from '#test/support/signer/signer-home.ts';
import { putBytes, putCertificate, withGrounds } from '#test/support/signer/signer-peers.ts';

const KIB = 1024;

/** Status and code that a call ends with. */
async function endOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'served';
  } catch (error) {
    const { status, errorCode } = (error as { detail: { status: string; errorCode?: string } }).detail;
    return `${status} ${errorCode ?? ''}`.trim();
  }
}

describe('what one client may hold of a signer (services/signer/README.md R10)', () => {
  const log = memoryLogger();
  let home: SignerHome;
  let signer: SignerLifecycle;
  let honest: SignerClient;
  let session = 0n;
  const tls = () => clientTls(home);
  const identities: ReturnType<typeof tls>[] = [];

  before(async () => {
    home = await signerHome('slh-dsa-sha2-128f');
    identities.push(tls(), tls());
    signer = await composeSigner(home.config, log);
    await signer.start();
    honest = signerClient(signer.boundAddress(), identities[0] ?? tls());
    ({ session } = await honest.openSession({}));
  });
  after(async () => {
    honest.close();
    await signer.stop();
    await home[Symbol.asyncDispose]();
  });

  test('no request above 128 KiB, and certificates of any size in pieces', async () => {
    const other = signerClient(signer.boundAddress(), identities[1] ?? tls());
    const padded = (bytes: number) =>
      withGrounds(home.others.vote('prepare', blockOn(GENESIS, 1), session), {
        proposalSignature: new Uint8Array(bytes),
      });
    assert.equal(await endOf(other.sign(padded(128 * KIB))), 'RESOURCE_EXHAUSTED');
    assert.equal(await endOf(other.sign(padded(127 * KIB))), 'INVALID_ARGUMENT SIGNER_MALFORMED');
    const certificate = new Uint8Array(1_000 * KIB).fill(8);
    assert.equal(
      await endOf(putBytes(other, home.others.scope(session), certificate)),
      'INVALID_ARGUMENT SIGNER_MALFORMED',
    );
    other.close();
    const good = await home.others.certificate('prepare', blockOn(GENESIS, 1));
    assert.equal(await putCertificate(honest, home.others.scope(session), good), 1n);
  });

  test('one connection of a key at work; a second one is told so, and may still describe and check health', async () => {
    const second = signerClient(signer.boundAddress(), identities[0] ?? tls());
    const wanted = home.others.timeout(2, blockOn(GENESIS, 1), session);
    for (const call of [
      second.openSession({}),
      second.sign(wanted),
      putBytes(second, home.others.scope(session), new Uint8Array(10)),
    ]) {
      await assert.rejects(call, /RESOURCE_EXHAUSTED: this key has another connection at work/);
    }
    assert.equal((await second.getSigner({})).session, session);
    assert.equal((await honest.sign(wanted)).repeatedSignature, false);
    second.close();
  });

  test('the place of a connection that ended goes to the next', async () => {
    honest.close();
    honest = signerClient(signer.boundAddress(), identities[0] ?? tls());
    for (;;) {
      if ((await endOf(honest.openSession({}))) === 'served') return;
    }
  });
});
