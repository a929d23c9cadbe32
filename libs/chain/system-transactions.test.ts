import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  deskOf,
  isUnknown,
  mayBeSubmitted,
  SYSTEM_TRANSACTIONS,
  type SystemDesk,
} from './system-transactions.ts';
import { transactionOf } from './transaction.ts';

const tx = (text: string) => transactionOf(Buffer.from(text));

describe('the transactions of the system', () => {
  const lines: readonly (readonly [string, SystemDesk, boolean])[] = [
    ['btcfed/evidence/v1', 'evidence', false],
    ['btcfed/evidence/v1 and more', 'evidence', false],
    ['btcfed/evidence/v2', 'evidence', false],
    ['btcfed/handover/v1', 'handover', false],
    ['btcfed/membership/', 'membership', true],
    ['btcfed/membership/v2', 'membership', true],
    ['btcfed/membership/v3', 'membership', true],
  ];
  for (const [text, desk, isOfClients] of lines) {
    test(`"${text}" is for the desk of ${desk}, and clients ${isOfClients ? 'may' : 'may not'} submit it`, () => {
      assert.deepEqual([tx(text).kind, deskOf(tx(text))], ['system', desk]);
      assert.deepEqual([isUnknown(tx(text)), mayBeSubmitted(tx(text))], [false, isOfClients]);
    });
  }

  for (const text of [
    'btcfed/',
    'btcfed/evidence/v3',
    'btcfed/handover/v',
    'btcfed/membership',
    'btcfed/x',
  ]) {
    test(`"${text}" is reserved, and nobody may submit it`, () => {
      assert.deepEqual([tx(text).kind, deskOf(tx(text))], ['system', undefined]);
      assert.deepEqual([isUnknown(tx(text)), mayBeSubmitted(tx(text))], [true, false]);
    });
  }

  for (const text of ['', 'btcfed', 'Btcfed/evidence/v1', ' btcfed/evidence/v1', 'pay alice']) {
    test(`"${text}" is the business of the application`, () => {
      assert.deepEqual([tx(text).kind, deskOf(tx(text))], ['application', undefined]);
      assert.deepEqual([isUnknown(tx(text)), mayBeSubmitted(tx(text))], [false, true]);
    });
  }

  test('have prefixes of which none begins another, all in the namespace', () => {
    const rules: readonly { readonly prefixes: readonly Uint8Array[] }[] = Object.values(SYSTEM_TRANSACTIONS);
    const prefixes = rules.flatMap((rule) => rule.prefixes.map((prefix) => Buffer.from(prefix).toString()));
    for (const prefix of prefixes) {
      assert.ok(prefix.startsWith('btcfed/'));
      assert.deepEqual(
        prefixes.filter((other) => other.startsWith(prefix)),
        [prefix],
      );
    }
  });
});
