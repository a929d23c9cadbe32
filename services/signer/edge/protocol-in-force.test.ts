import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProtocolInForce } from './protocol-in-force.ts';

test('the core is asked once for each epoch, and again for one that it is not in', async () => {
  let asked = 0;
  let epoch = 3n;
  const inForce = new ProtocolInForce(async () => {
    asked += 1;
    return { epoch, protocol: `of ${epoch}` };
  });
  assert.deepEqual([await inForce.of(3n), await inForce.of(3n), asked], ['of 3', 'of 3', 1]);
  assert.deepEqual([await inForce.of(4n), asked], [undefined, 2]);
  epoch = 4n;
  assert.deepEqual([await inForce.of(4n), await inForce.of(4n), asked], ['of 4', 'of 4', 3]);
  assert.deepEqual([await inForce.of(3n), asked], [undefined, 4]);
});
