import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { toEpoch } from '#libs/chain/ids.ts';
import { viewPosition } from '#libs/protocol/hotstuff/statements.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import { anyHotStuffMessage, anyMessage } from '#test/support/consensus/peer-messages.ts';
import { sealed } from '#test/support/hotstuff/sealed.ts';
import { peekReport } from './peek-report.ts';
import { encodePeerMessage } from './peer-message.ts';
import { wireOf } from './protocol-wires.ts';

const envelope = {
  chainTag: Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]),
  epoch: toEpoch(3n),
  protocol: wireOf(HOTSTUFF.id),
};

const { 'new-view': _newView, timeout: _timeout, ...others } = anyMessage;
const anyReport = fc
  .oneof(anyHotStuffMessage['new-view'], anyHotStuffMessage.timeout)
  .filter((message) => 'view' in message && message.view > 0n);

/** Bytes of chain tag, epoch and the numbers and lengths up to the view, all at their longest. */
const PEEKED_BYTES_MAX = 10 + 11 + 1 + 5 + 11;

describe('peek at a report', () => {
  test('F-15: shows the view of every new-view and timeout, and needs its first bytes alone', () => {
    fc.assert(
      fc.property(anyReport, (body) => {
        const bytes = encodePeerMessage(sealed(body), envelope);
        const position = 'view' in body ? viewPosition(body.view) : undefined;
        assert.deepEqual(peekReport(bytes, envelope), position);
        assert.deepEqual(peekReport(bytes.slice(0, PEEKED_BYTES_MAX), envelope), position);
      }),
    );
  });

  test('F-15: shows nothing of other messages, other epochs and other chains', () => {
    fc.assert(
      fc.property(fc.oneof(...Object.values(others)), anyReport, (other, report) => {
        assert.equal(peekReport(encodePeerMessage(other, envelope), envelope), undefined);
        const bytes = encodePeerMessage(sealed(report), envelope);
        assert.equal(peekReport(bytes, { ...envelope, epoch: toEpoch(4n) }), undefined);
        assert.equal(peekReport(bytes, { ...envelope, chainTag: new Uint8Array(8) }), undefined);
      }),
    );
  });

  test('takes any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        assert.doesNotThrow(() => peekReport(bytes, envelope));
      }),
    );
  });
});
