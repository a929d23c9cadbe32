import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toDigest, toEpoch } from '#libs/chain/ids.ts';
import { type GrpcClient, RemoteError } from '#libs/grpc/client.ts';
import { QuorumCertificate as WireCertificate } from '#libs/proto/btcfed/consensus/v1/certificate.ts';
import {
  CertificateKind,
  Opening,
  type PutCertificateRequest,
  type SignerServiceDefinition,
} from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import { blockStatement } from '#libs/protocol/hotstuff/statements.ts';
import { CHAIN_DIGEST, certificateFor, GENESIS } from '#test/support/chain/chain-fixture.ts';
import { certifiedIn, leftIn, roundBlock } from '#test/support/rounds/rounds-harness.ts';
import { SignerCertificates } from './signer-certificates.ts';

const EPOCH = toEpoch(0n);
const { block } = GENESIS;
/** A certificate of 70 signatures is too long for one piece. */
const LARGE = {
  ...certificateFor(block),
  signatures: Array.from({ length: 70 }, () => certificateFor(block).signatures).flat(),
};
const OPENING = { header: block.header, certificate: certificateFor(block) };

/** A signer that takes, or refuses, whatever is put, and keeps it in whole. */
function certificates({ refuses = false, isNew = true } = {}) {
  const put: { readonly kind: CertificateKind; readonly content: Buffer }[] = [];
  const client: Partial<GrpcClient<typeof SignerServiceDefinition>> = {
    putCertificate: () => {
      const pieces: PutCertificateRequest[] = [];
      return {
        send: (piece: PutCertificateRequest) => pieces.push(piece) > 0,
        writable: async () => {},
        end: () => {
          const kind = pieces[0]?.kind ?? assert.fail('no piece was sent');
          put.push({ kind, content: Buffer.concat(pieces.map(({ chunk }) => chunk)) });
        },
        responses: (async function* () {
          if (refuses) throw refusal('SIGNER_CERT_INVALID');
          yield { view: 0n, signaturesVerified: isNew };
        })(),
        cancel: () => {},
      };
    },
  };
  const scope = () => ({ chainDigest: Buffer.from(CHAIN_DIGEST, 'hex'), epoch: EPOCH, session: 1n });
  const shown = new SignerCertificates(client as GrpcClient<typeof SignerServiceDefinition>, scope);
  return { shown, put };
}

function refusal(errorCode: string): RemoteError {
  const method = 'PutCertificate';
  return new RemoteError('refused', {
    code: 'REMOTE_CALL_FAILED',
    method,
    status: 'INVALID_ARGUMENT',
    errorCode,
  });
}

describe('the decided block that a height stands on', () => {
  test('is shown to the signer once, whole, and again when it is told so', async () => {
    const { shown, put } = certificates();
    const large = { ...OPENING, certificate: LARGE };
    for (let time = 0; time < 3; time++) await shown.showOpening(large, EPOCH);
    assert.deepEqual(
      put.map(({ kind }) => kind),
      [CertificateKind.OPENING],
    );
    const read = Opening.decode(put[0]?.content ?? assert.fail());
    assert.equal(read.header?.height, block.header.height);
    assert.equal(read.certificate?.signatures.length, LARGE.signatures.length);
    await shown.showOpening(large, EPOCH, true);
    assert.equal(put.length, 2);
  });

  test('is another thing than its certificate, which the signer may know already', async () => {
    const { shown, put } = certificates();
    await shown.put(OPENING.certificate, EPOCH);
    await shown.showOpening(OPENING, EPOCH);
    assert.deepEqual(
      put.map(({ kind }) => kind),
      [CertificateKind.QUORUM, CertificateKind.OPENING],
    );
  });

  test('of another block is shown too, and so is each after a handover', async () => {
    const { shown, put } = certificates();
    const other = { ...OPENING.certificate, digest: toDigest('ab'.repeat(32)) };
    await shown.showOpening(OPENING, EPOCH);
    await shown.showOpening({ ...OPENING, certificate: other }, EPOCH);
    assert.equal(put.length, 2);
    await shown.putHandover(
      { header: undefined, handover: Uint8Array.of(1), path: [], certificate: undefined },
      EPOCH,
    );
    await shown.showOpening(OPENING, EPOCH);
    assert.equal(put.length, 4);
  });

  test('is not shown where it is the root of the epoch, or where there is none', async () => {
    const { shown, put } = certificates();
    await shown.showOpening(undefined, EPOCH);
    await shown.showOpening({ ...OPENING, certificate: { ...OPENING.certificate, signatures: [] } }, EPOCH);
    assert.deepEqual(put, []);
  });

  test('is not enough in a later view: the certificate of the view that was left is shown too, once', async () => {
    const { shown, put } = certificates();
    const high = certifiedIn('prepare', roundBlock(block));
    for (const left of [undefined, leftIn(0), leftIn(0), leftIn(0, high), leftIn(1)])
      await shown.showLeft(left, EPOCH);
    assert.deepEqual(
      put.map(({ kind }) => kind),
      [CertificateKind.TIMEOUT, CertificateKind.TIMEOUT, CertificateKind.TIMEOUT],
    );
  });

  test('may be refused: the request that needs it says why', async () => {
    const { shown } = certificates({ refuses: true });
    await shown.showOpening(OPENING, EPOCH);
    await assert.rejects(shown.put(OPENING.certificate, EPOCH), /refused/);
  });
});

describe('a certificate that the signer is to verify', () => {
  test('is shown whole, also where one of the same block was shown before', async () => {
    const { shown, put } = certificates();
    await shown.put(OPENING.certificate, EPOCH);
    assert.equal(await shown.prove(LARGE, EPOCH), true);
    assert.equal(put.length, 2);
    const read = WireCertificate.decode(put[1]?.content ?? assert.fail());
    assert.equal(read.signatures.length, LARGE.signatures.length);
  });

  test('is not proved by a signer that only knows its block, as older ones say it', async () => {
    const { shown } = certificates({ isNew: false });
    assert.equal(await shown.prove(OPENING.certificate, EPOCH), false);
  });

  test('goes with the vote no more once it was verified, and does where it was refused', async () => {
    const order = {
      statement: blockStatement('pre-commit', block.header.view, {
        height: block.header.height,
        digest: block.digest,
      }),
      grounds: { certificate: OPENING.certificate },
      epoch: EPOCH,
    };
    const taken = certificates();
    await taken.shown.prove(OPENING.certificate, EPOCH);
    assert.equal(await taken.shown.inlineOrPut(order), undefined);
    const refused = certificates({ refuses: true });
    await assert.rejects(refused.shown.prove(OPENING.certificate, EPOCH), /refused/);
    assert.notEqual(await refused.shown.inlineOrPut(order), undefined);
  });
});
