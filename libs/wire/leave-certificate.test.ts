import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { toDigest, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { TimeoutCertificate as WireLeave } from '#libs/proto/btcfed/consensus/v1/certificate.ts';
import type { LeaveCertificate } from '#libs/protocol/leave-certificate.ts';
import { timeoutCertificateFromWire, timeoutCertificateToWire } from './certificate.ts';
import { leaveFromWire, leaveToWire } from './leave-certificate.ts';
import { WIRE_LIMITS } from './limits.ts';

const A = toDigest('ab'.repeat(32));
const signed = (member: number) => ({ member: toMemberIndex(member), signature: Uint8Array.of(member + 1) });

/** Members 0 to 2 gave a view up; those with a view reported a certificate of it. */
function leaveOf(
  kind: string,
  instance: bigint,
  reported: readonly (bigint | undefined)[],
): LeaveCertificate {
  const shares = reported.map((view, member) => ({
    ...signed(member),
    reports: view === undefined ? [] : [{ instance, view: toView(view), digest: A }],
  }));
  const views = reported.filter((view) => view !== undefined);
  const highest = views.reduce((most, view) => (view > most ? view : most), 0n);
  const certified = { kind: 'prepare', instance, view: toView(highest), height: toHeight(7n), digest: A };
  const high = views.length === 0 ? undefined : { ...certified, signatures: [0, 1, 2].map(signed) };
  return { kind, instance, view: toView(9n), shares, high };
}

const wireOf = (leave: LeaveCertificate) => WireLeave.decode(WireLeave.encode(leaveToWire(leave)).finish());
const read = (wire: WireLeave) => leaveFromWire(wire, WIRE_LIMITS);
const TIMEOUT = leaveOf('timeout', 0n, [3n, 3n, 2n]);

describe('a leave certificate on the wire', () => {
  test('comes back as it was, of any kind and height, with a report of each member or none', () => {
    const reports = fc.array(fc.option(fc.bigInt({ min: 0n, max: 9n }), { nil: undefined }), {
      maxLength: 4,
    });
    const kinds = fc.constantFrom('leave', 'view-change', 'timeout');
    fc.assert(
      fc.property(kinds, fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }), reports, (kind, instance, reported) => {
        const leave = leaveOf(kind, instance, reported);
        assert.deepEqual(read(wireOf(leave)), leave);
      }),
    );
  });

  test('of views that run across heights has the bytes that it always had, and no name', () => {
    const bytes = (wire: WireLeave) => Buffer.from(WireLeave.encode(wire).finish());
    assert.deepEqual(bytes(leaveToWire(TIMEOUT)), bytes(timeoutCertificateToWire(TIMEOUT)));
    const { kind, instance } = wireOf(TIMEOUT);
    assert.deepEqual([kind, instance], ['', 0n]);
    assert.deepEqual(read(wireOf(TIMEOUT)), TIMEOUT);
  });

  const named = wireOf(leaveOf('leave', 7n, [1n, undefined, 0n]));
  const [first, second] = named.shares;
  assert.ok(first !== undefined && second !== undefined);
  for (const [what, wire, fault] of [
    ['a kind that is too long', { ...named, kind: 'v'.repeat(17) }, /kind is no name/],
    ['a kind that is no name', { ...named, kind: 'View 1' }, /kind is no name/],
    ['a name for what has none', { ...wireOf(TIMEOUT), kind: 'timeout' }, /kind needs no name/],
    ['an instance without a kind', { ...wireOf(TIMEOUT), instance: 7n }, /timeouts of another kind/],
    ['a view of no block', { ...named, shares: [{ ...second, highView: 1n }] }, /high_view without block/],
    [
      'half a digest',
      { ...named, shares: [{ ...first, highBlockDigest: new Uint8Array(31) }] },
      /high_block_digest/,
    ],
    [
      'more shares than members',
      { ...named, shares: Array.from({ length: 513 }, () => first) },
      /too many shares/,
    ],
  ] as const) {
    test(`is refused with ${what}`, () => assert.throws(() => read(wire), fault));
  }

  test('is read by nobody who asks for timeouts, when it is another', () => {
    assert.throws(() => timeoutCertificateFromWire(named, WIRE_LIMITS), /timeouts of another kind/);
  });
});
