import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseShare, type Share, shareText } from './share.ts';
import { combineShares, splitSecret } from './split-secret.ts';

const KEY = '0123456789abcdef';
const SECRET = Buffer.from('a passphrase of words');
const five = () => splitSecret(SECRET, { keyId: KEY, shares: 5, threshold: 3 });
const pick = (shares: readonly Share[], ...numbers: readonly number[]) =>
  shares.filter(({ number }) => numbers.includes(number));

describe('SIG-18 a passphrase that is shared out', () => {
  test('comes back from any three of five shares, through their text, in any order', async () => {
    const shares = (await five()).map((share) => parseShare(shareText(share)));
    for (const numbers of [
      [1, 2, 3],
      [1, 3, 5],
      [2, 4, 5],
      [1, 2, 3, 4, 5],
    ]) {
      const chosen = pick(shares, ...numbers).toReversed();
      assert.deepEqual(Buffer.from(await combineShares(chosen)), SECRET);
    }
  });

  test('comes back for every secret and plan', async () => {
    const plan = fc
      .integer({ min: 2, max: 8 })
      .chain((shares) =>
        fc.record({ shares: fc.constant(shares), threshold: fc.integer({ min: 2, max: shares }) }),
      );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 64 }), plan, async (secret, numbers) => {
        const shares = await splitSecret(secret, { keyId: KEY, ...numbers });
        assert.deepEqual(await combineShares(shares.slice(-numbers.threshold)), secret);
      }),
      { numRuns: 50 },
    );
  });

  test('does not come back from too few, from one twice, or from shares of two keys or two splits', async () => {
    const [shares, again] = [await five(), await five()];
    await assert.rejects(combineShares(pick(shares, 1, 2)), { message: '2 shares, and 3 are needed' });
    await assert.rejects(combineShares([]), { detail: { code: 'BACKUP_SHARES_TOO_FEW', threshold: 2 } });
    await assert.rejects(combineShares([...pick(shares, 1, 2), ...pick(shares, 2)]), {
      message: 'share 2 is there twice',
    });
    const mixed = [...pick(shares, 1, 2), ...pick(again, 3)];
    await assert.rejects(combineShares(mixed), { message: 'share 3 is of another split than share 1' });
    const other = await splitSecret(SECRET, { keyId: 'fedcba9876543210', shares: 5, threshold: 3 });
    await assert.rejects(combineShares([...pick(shares, 1, 2), ...pick(other, 3)]), {
      message: /share 3 is of key fedcba9876543210, and share 1 of key 0123456789abcdef/,
    });
  });

  test('is not given back wrong: a share that lies about itself is noticed', async () => {
    const [first, second, third] = await five();
    assert.ok(first && second && third);
    const lying = { ...third, data: third.data.map((byte, index) => (index === 9 ? byte ^ 1 : byte)) };
    await assert.rejects(combineShares([first, second, lying]), { detail: { code: 'BACKUP_BROKEN' } });
    const fewer = [first, second].map((share) => ({ ...share, threshold: 2 }));
    await assert.rejects(combineShares(fewer), { detail: { code: 'BACKUP_BROKEN' } });
  });

  test('is refused in a share that was mistyped, wherever that is', async () => {
    const [share] = await five();
    assert.ok(share);
    const text = shareText(share);
    for (const [before, after] of [
      [/"number": 1/, '"number": 2'],
      [/"threshold": 3/, '"threshold": 2'],
      [/"key_id": "0/, '"key_id": "1'],
      [/"data": "(.)/, `"data": "${text.includes('"data": "0') ? '1' : '0'}`],
      [/"btcfed_share": 1/, '"btcfed_share": 2'],
      [/,\n {2}"check".*/, ''],
      [/^\{/, ''],
    ] as const) {
      const detail = { code: 'BACKUP_SHARE_INVALID' };
      assert.throws(() => parseShare(text.replace(before, after)), { detail }, String(before));
    }
  });

  test('is not split into what would be the secret itself, or into more than there are', async () => {
    for (const plan of [
      { shares: 3, threshold: 1 },
      { shares: 2, threshold: 3 },
      { shares: 33, threshold: 2 },
    ]) {
      const detail = { code: 'BACKUP_PLAN_REFUSED' };
      await assert.rejects(splitSecret(SECRET, { keyId: KEY, ...plan }), { detail });
    }
  });
});
