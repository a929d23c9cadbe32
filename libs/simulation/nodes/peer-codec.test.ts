import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { sealBlock } from '#libs/chain/block.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { toDigest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import { genesisCertificate } from '#libs/protocol/certificate.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { sealed } from '#test/support/hotstuff/sealed.ts';
import { hostedHotStuff, hotStuffCodec } from '../hotstuff/nodes/hosted-hotstuff.ts';

const { codec } = hostedHotStuff().nodes;
const GENESIS = genesisBlock({ genesisTimeMs: 0n });
const BLOCK = sealBlock(
  { ...GENESIS.header, height: toHeight(1n), view: toView(1n), parent: GENESIS.digest },
  [],
);
const FOREIGN = { ...BLOCK, digest: toDigest('f'.repeat(64)) };
const EPOCH = toEpoch(3n);
const LATER = toEpoch(4n);

function passes(body: PeerMessageBody): boolean {
  return codec.carriedBody(body, EPOCH, { heardIn: LATER }).ok;
}

describe('what the simulator hands on', () => {
  test('F-71: is what the wire can carry: a block has the digest of its header, whatever was said of it', () => {
    const certificate = genesisCertificate(HOTSTUFF_TABLE, 'prepare', GENESIS.digest);
    const signature = new Uint8Array([1]);
    const proposal = {
      kind: 'proposal',
      block: FOREIGN,
      justify: certificate,
      timeoutCertificate: undefined,
      signature,
    } as const;
    const heard = hotStuffCodec.carried(proposal);
    assert.ok(heard.ok && heard.message.kind === 'proposal');
    assert.equal(heard.message.block.digest, BLOCK.digest);
    assert.equal(hotStuffCodec.carriedBlock(FOREIGN)?.digest, BLOCK.digest);
    const response = codec.carriedBody({ kind: 'block-response', block: FOREIGN }, EPOCH);
    assert.ok(response.ok && response.body.kind === 'block-response');
    assert.equal(response.body.block.digest, BLOCK.digest);
  });

  test('F-71: is refused where production refuses it', () => {
    const view = toView(1n);
    const block = { view, height: toHeight(1n), digest: BLOCK.digest, member: toMemberIndex(0) };
    const unsigned = hotStuffCodec.carried({
      kind: 'vote',
      phase: 'prepare',
      ...block,
      signature: new Uint8Array(50_000),
    });
    assert.deepEqual([unsigned.ok, unsigned.ok || unsigned.cause], [false, 'malformed']);
  });

  test('F-67: passes in another epoch by the rule of production: blocks and the state, asked for and given', () => {
    const height = toHeight(1n);
    assert.ok(passes({ kind: 'blocks-request', requestId: 1n, from: height, to: height }));
    assert.ok(passes({ kind: 'block-request', digest: BLOCK.digest }));
    assert.ok(passes({ kind: 'snapshot-request', requestId: 1n, height }));
    assert.ok(passes({ kind: 'chunk-request', requestId: 1n, height, number: 0 }));
    const vote = codec.carriedBody(
      sealed({
        kind: 'vote',
        phase: 'prepare',
        view: toView(1n),
        height,
        digest: BLOCK.digest,
        member: toMemberIndex(0),
        signature: new Uint8Array([1]),
      }),
      EPOCH,
      { heardIn: LATER },
    );
    assert.deepEqual(
      [vote.ok, !vote.ok && vote.cause, !vote.ok && vote.epoch],
      [false, 'wrong-epoch', EPOCH],
    );
  });

  test('F-67: a whole node has no rule of its own of what passes whatever the epoch', () => {
    const source = readFileSync(new URL('./whole-node.ts', import.meta.url), 'utf8');
    assert.doesNotMatch(source, /'(snapshot|chunk|blocks)-re/);
  });
});
