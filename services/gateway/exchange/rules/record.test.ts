import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RECORD_ADDRESSES_MAX, RECORDS_PER_MESSAGE_MAX } from './exchange-limits.ts';
import { firstThatFit, type PeerRecord, recordProblem, recordStatement } from './record.ts';

const RECORD: PeerRecord = {
  key: '11'.repeat(32),
  addresses: ['/ip4/10.0.0.1/tcp/9000', '/dns4/node.example/tcp/9000'],
  sequence: 7n,
  signature: new Uint8Array(64),
};

describe('peer record', () => {
  test('is signed over domain, key, sequence and addresses, each where no other can stand', () => {
    const text = Buffer.from('btcfed/peer-record/v1');
    const expected = [
      '00000015',
      text.toString('hex'),
      RECORD.key,
      '0000000000000007',
      '00000002',
      '00000016',
      Buffer.from('/ip4/10.0.0.1/tcp/9000').toString('hex'),
      '0000001b',
      Buffer.from('/dns4/node.example/tcp/9000').toString('hex'),
    ].join('');
    assert.equal(Buffer.from(recordStatement(RECORD)).toString('hex'), expected);
  });

  test('P2P-75 is refused for each thing that cannot be', () => {
    assert.equal(recordProblem(RECORD), undefined);
    const refused: readonly (readonly [Partial<PeerRecord>, RegExp])[] = [
      [{ key: '11' }, /key/],
      [{ signature: new Uint8Array(63) }, /signature/],
      [{ sequence: 0n }, /sequence/],
      [{ sequence: 2n ** 63n + 1n }, /sequence/],
      [{ addresses: [] }, /no address/],
      [
        {
          addresses: Array.from(
            { length: RECORD_ADDRESSES_MAX + 1 },
            (_, port) => `/ip4/1.1.1.1/tcp/${port + 1}`,
          ),
        },
        /too many/,
      ],
      [{ addresses: ['/ip4/1.1.1.1/tcp/1', '/ip4/1.1.1.1/tcp/1'] }, /twice/],
      [{ addresses: ['/ip4/1.1.1.1/udp/1'] }, /nobody can dial/],
    ];
    for (const [change, problem] of refused)
      assert.match(recordProblem({ ...RECORD, ...change }) ?? '', problem);
  });

  test('P2P-80 goes into a message only with as many others as it holds', () => {
    const small = Array.from({ length: RECORDS_PER_MESSAGE_MAX + 1 }, () => ({ record: RECORD }));
    assert.equal(firstThatFit(small).length, RECORDS_PER_MESSAGE_MAX);
    const addresses = Array.from({ length: 16 }, () => 'x'.repeat(250));
    const large = small.map(() => ({ record: { ...RECORD, addresses } }));
    const count = firstThatFit(large).length;
    assert.ok(count > 200 && count < 260, `${count} entries`);
  });
});
