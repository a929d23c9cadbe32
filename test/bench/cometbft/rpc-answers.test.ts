import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  finalHeadIn,
  heightIn,
  peerCountIn,
  submittedIn,
  summariesIn,
  transactionsIn,
} from './rpc-answers.ts';

// The forms are those of a node of 0.38.26, shortened.
const HASH = 'BF25'.repeat(16);
const HEADER = { chain_id: 'c', height: '2', data_hash: HASH, app_hash: '0000' };
const answer = (result: unknown) => ({ jsonrpc: '2.0', id: 0, result });
const REFUSED = {
  jsonrpc: '2.0',
  id: 0,
  error: { code: -32_603, message: 'Internal error', data: 'height 999 must be less' },
};
const OTHER_FORM = /^CometbftError: a node of CometBFT answers in another form than version 0\.38 does: /;

describe('the answers for a batch', () => {
  const taken = (id: number, code = 0) => ({
    id,
    result: { code, data: '', log: 'why', codespace: '', hash: HASH },
  });
  const failed = (id: number, data: string) => ({
    id,
    error: { code: -32_603, message: 'Internal error', data },
  });
  const full = 'mempool is full: number of txs 5000 (max: 5000), total txs bytes 1 (max: 2)';

  test('are those of the transactions by their numbers', () => {
    assert.deepEqual(submittedIn([failed(1, full), taken(0), taken(2, 2)], 3), [
      { kind: 'taken' },
      { kind: 'full' },
      { kind: 'refused', reason: 'code 2 why' },
    ]);
  });

  test('may be one alone', () => {
    assert.deepEqual(submittedIn(taken(0), 1), [{ kind: 'taken' }]);
  });

  test('say why one is refused for good', () => {
    assert.deepEqual(submittedIn([failed(0, 'tx already exists in cache')], 1), [
      { kind: 'refused', reason: 'Internal error: tx already exists in cache' },
    ]);
  });

  test('are refused where one is missing, or all are refused together', () => {
    assert.throws(() => submittedIn([taken(0)], 2), /no answer for transactions\[1\]/);
    const tooMany = { jsonrpc: '2.0', error: { code: -32_600, message: 'Invalid Request', data: 'batch' } };
    assert.throws(() => submittedIn(tooMany, 2), OTHER_FORM);
  });
});

describe('a node tells', () => {
  test('which block is final', () => {
    const event = {
      query: 'q',
      data: { type: 'tendermint/event/NewBlockHeader', value: { header: HEADER } },
      events: {},
    };
    const head = finalHeadIn(answer(event));
    assert.deepEqual([head?.height, head?.dataHash], [2n, HASH]);
    const other = { ...event, data: { ...event.data, value: { header: { ...HEADER, app_hash: '0001' } } } };
    assert.notEqual(finalHeadIn(answer(other))?.text, head?.text);
  });

  test('first that it will tell', () => {
    assert.equal(finalHeadIn(answer({})), undefined);
  });

  test('the transactions of a block', () => {
    const block = { block: { header: HEADER, data: { txs: ['YT1i', 'Yz1k'] } } };
    assert.deepEqual(
      transactionsIn(answer(block)).map((bytes) => Buffer.from(bytes).toString()),
      ['a=b', 'c=d'],
    );
  });

  test('its blocks, its height and its peers', () => {
    const metas = { block_metas: [{ block_id: { hash: HASH }, header: HEADER, num_txs: '7' }] };
    assert.deepEqual(summariesIn(answer(metas)), [{ height: 2n, hash: HASH, transactions: 7 }]);
    assert.equal(heightIn(answer({ sync_info: { latest_block_height: '44', catching_up: false } })), 44n);
    assert.equal(peerCountIn(answer({ n_peers: '3' })), 3);
  });
});

describe('an answer is refused', () => {
  test('with the words of the node', () => {
    for (const read of [heightIn, peerCountIn, transactionsIn, summariesIn, finalHeadIn])
      assert.throws(() => read(REFUSED), /a node of CometBFT refuses: Internal error height 999/);
  });

  test('that has another form, by the place', () => {
    assert.throws(
      () => heightIn(answer({ sync_info: { latest_block_height: 'x', catching_up: false } })),
      OTHER_FORM,
    );
    assert.throws(() => transactionsIn(answer({ block: { header: HEADER, data: {} } })), /block\.data\.txs/);
    assert.throws(() => peerCountIn(answer(undefined)), OTHER_FORM);
    assert.throws(
      () => finalHeadIn(answer({ data: { type: 'tendermint/event/Tx', value: {} } })),
      OTHER_FORM,
    );
    assert.throws(() => finalHeadIn('text'), OTHER_FORM);
  });
});
