import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { genesisBytes, genesisDigest } from './genesis.ts';
import { BLOCK_PARAMETERS, defaultGenesisParameters } from './genesis-parameters.ts';
import { genesisText } from './genesis-text.ts';
import { parseGenesis } from './parse-genesis.ts';
import { bodyBlockBytesMax, transportOf } from './transport.ts';

const SMALL = { block_bytes_max: 262_144, transaction_bytes_max: 65_536 };

function file(changes: object = {}, parameters: object = SMALL, members = 4): string {
  return JSON.stringify({
    version: 1,
    chain_id: 'local',
    protocol: 'hotstuff',
    scheme: 'slh-dsa-sha2-128f',
    genesis_time_ms: 1,
    parameters: { ...defaultGenesisParameters(), ...parameters },
    members: Array.from({ length: members }, (_, index) => ({
      name: `m${index}`,
      consensus_public_key: 'ab'.repeat(30) + index.toString(16).padStart(4, '0'),
      gateway_public_key: Buffer.from('cd'.repeat(30) + index.toString(16).padStart(4, '0'), 'hex').toString(
        'base64',
      ),
      weight: 1,
    })),
    ...changes,
  });
}

describe('the transport of a genesis', () => {
  test('is libp2p where the file does not say, and then says nothing to the digest', () => {
    const silent = parseGenesis(file());
    const said = parseGenesis(file({ transport: 'libp2p' }));
    assert.equal(transportOf(silent), 'libp2p');
    assert.deepEqual(said, silent);
    assert.equal(genesisDigest(said), genesisDigest(silent));
  });

  test('is another chain where it is another, with its word at the end of the canonical bytes', () => {
    const http = parseGenesis(file({ transport: 'http-json' }));
    assert.equal(transportOf(http), 'http-json');
    const { transport, ...rest } = http;
    assert.equal(transport, 'http-json');
    const [bytes, before] = [Buffer.from(genesisBytes(http)), Buffer.from(genesisBytes(rest))];
    const prefixed = (text: string) => Buffer.from([0, 0, 0, text.length, ...Buffer.from(text)]);
    const end = [prefixed('btcfed/genesis-transport/v1'), prefixed('http-json')];
    assert.deepEqual(bytes, Buffer.concat([before, ...end]));
    assert.deepEqual(parseGenesis(genesisText(http)), http);
  });

  test('is refused where this version does not know it', () => {
    assert.throws(
      () => parseGenesis(file({ transport: 'quic' })),
      /transport: expected one of libp2p, http-json/,
    );
    assert.throws(() => parseGenesis(file({ transport: 1 })), /transport: expected one of/);
  });

  test('leaves room in one body for blocks and their certificates, or the file is refused with the number that fits', () => {
    const max = bodyBlockBytesMax({
      scheme: 'slh-dsa-sha2-128f',
      members: 4,
      parameters: { blockTransactionsMax: BLOCK_PARAMETERS.block_transactions_max.default },
    });
    assert.ok(max > 256 * 1024 && max < 1024 * 1024, `${max}`);
    const http = { transport: 'http-json' };
    parseGenesis(file(http, { ...SMALL, block_bytes_max: max }));
    assert.throws(
      () => parseGenesis(file(http, { ...SMALL, block_bytes_max: max + 1 })),
      new RegExp(`parameters\\.block_bytes_max: .* one body of 1048576 bytes; lower it to at most ${max}`),
    );
    parseGenesis(file({}, { block_bytes_max: max + 1 }));
  });

  test('fits no federation whose certificates alone fill a body', () => {
    assert.throws(
      () => parseGenesis(file({ transport: 'http-json' }, SMALL, 100)),
      /the certificates of so many members fit into none: take fewer members/,
    );
  });
});
