import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CertificateKind, type PutCertificateRequest } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import { CERTIFICATE_BYTES_FREE, CHUNK_BYTES_MAX } from '../words/limits.ts';
import { wholeCertificate } from './certificate-upload.ts';

const MALFORMED = { detail: { code: 'SIGNER_MALFORMED', field: 'chunk' } };

async function* piecesOf(...sizes: readonly number[]): AsyncIterable<PutCertificateRequest> {
  for (const size of sizes) {
    yield { kind: CertificateKind.QUORUM, scope: undefined, chunk: new Uint8Array(size).fill(size % 256) };
  }
}

function upload(sizes: readonly number[], { max = 0, signal = new AbortController().signal } = {}) {
  const seen: number[] = [];
  let asked = 0;
  const whole = wholeCertificate({
    pieces: piecesOf(...sizes),
    signal,
    bytesMax: async () => {
      asked += 1;
      return BigInt(max);
    },
    onBytes: (bytes) => {
      seen.push(bytes);
    },
  });
  return { whole, seen, asked: () => asked };
}

const long = (bytes: number): number[] => {
  const whole = Array.from({ length: Math.floor(bytes / CHUNK_BYTES_MAX) }, () => CHUNK_BYTES_MAX);
  return bytes % CHUNK_BYTES_MAX === 0 ? whole : [...whole, bytes % CHUNK_BYTES_MAX];
};

describe('a certificate in pieces', () => {
  test('is joined, and each piece told before it is kept', async () => {
    const { whole, seen, asked } = upload([1, 2, 3]);
    assert.deepEqual([...(await whole).chunk], [1, 2, 2, 3, 3, 3]);
    assert.deepEqual([seen, asked()], [[1, 2, 3], 0]);
  });

  for (const [name, sizes] of [
    ['no piece', []],
    ['an empty piece', [3, 0]],
    ['a piece that is too long', [CHUNK_BYTES_MAX + 1]],
  ] as const) {
    test(`is refused with ${name}`, () => assert.rejects(upload(sizes).whole, MALFORMED));
  }

  test('may be as long as the members can make one, which is asked once, and no longer', async () => {
    const max = CERTIFICATE_BYTES_FREE + 3 * CHUNK_BYTES_MAX;
    const longest = upload(long(max), { max });
    assert.equal((await longest.whole).chunk.length, max);
    assert.equal(longest.asked(), 1);
    const longer = upload([...long(max), 1], { max });
    await assert.rejects(longer.whole, MALFORMED);
    assert.equal(longer.seen.length, long(max).length, 'what is too long is not kept');
  });

  test('is nothing when its caller is gone in the middle', async () => {
    const gone = AbortSignal.abort();
    await assert.rejects(upload([1, 2], { signal: gone }).whole, { detail: { code: 'SIGNER_UNAVAILABLE' } });
  });

  test('ends with the quota', async () => {
    const whole = wholeCertificate({
      pieces: piecesOf(5, 5, 5),
      signal: new AbortController().signal,
      bytesMax: async () => 100n,
      onBytes: () => {
        throw new Error('over quota');
      },
    });
    await assert.rejects(whole, /over quota/);
  });
});
