import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { completeChecksum, readdressed, targetOf } from './network-frame.ts';

const VXLAN = '0800000000000100';
const TO_MEMBER_1 = '020000000002020000000001';
/** The start of a connection of 10.77.0.1 to 10.77.0.2, as a kernel sent it with a checksum of its own. */
const SYN = '45000028abcd40004006 7b6e 0a4d0001 0a4d0002'.replaceAll(' ', '');
const SEGMENT = 'c35023280000000100000000500272100000000';

const frame = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const tcp = (checksum: string, payload = ''): Buffer =>
  frame(
    `${VXLAN}${TO_MEMBER_1}0800${SYN.slice(0, 4)}${(40 + payload.length / 2).toString(16).padStart(4, '0')}${SYN.slice(8)}` +
      `${SEGMENT.slice(0, 32)}${checksum}0000${payload}`,
  );

/** RFC 1071 over the pseudo header and the segment, checksum included, is all ones. */
function isSound(bytes: Buffer): boolean {
  const segment = bytes.subarray(42);
  const pseudo = Buffer.concat([bytes.subarray(34, 42), Buffer.from([0, 6, 0, segment.length]), segment]);
  const even = pseudo.length % 2 === 0 ? pseudo : Buffer.concat([pseudo, Buffer.alloc(1)]);
  let sum = 0;
  for (let at = 0; at < even.length; at += 2) sum += even.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum === 0xffff;
}

describe('a frame on its way through the switch', () => {
  test('is for the member whose card it names, or for all', () => {
    assert.equal(targetOf(tcp('0000')), 1);
    assert.equal(targetOf(frame(`${VXLAN}ffffffffffff020000000001`)), 'all');
  });

  test('gets the network identifier of that card, and the original stays as it was', () => {
    const original = tcp('0000');
    assert.equal(readdressed(original, 3).subarray(0, 8).toString('hex'), '0800000000000400');
    assert.equal(original.subarray(0, 8).toString('hex'), VXLAN);
  });

  test('gets a TCP checksum that holds, whatever was there, for odd and even lengths', () => {
    for (const payload of ['', 'ab', 'abcd', 'ff'.repeat(101)]) {
      const bytes = tcp('beef', payload);
      assert.equal(isSound(bytes), false);
      completeChecksum(bytes);
      assert.equal(isSound(bytes), true, payload);
    }
  });

  test('is left alone when it is no TCP segment, or claims more than there is', () => {
    const arp = frame(`${VXLAN}ffffffffffff0200000000010806${'00'.repeat(46)}`);
    const short = tcp('beef').subarray(0, 60);
    for (const bytes of [arp, short]) {
      const before = bytes.toString('hex');
      completeChecksum(bytes);
      assert.equal(bytes.toString('hex'), before);
    }
  });
});
