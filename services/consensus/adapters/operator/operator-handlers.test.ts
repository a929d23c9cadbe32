import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toHeight, toView } from '#libs/chain/ids.ts';
import { HaltHeight } from '#libs/engine/ports/halt-height.ts';
import { OperatorHand } from '#libs/engine/ports/operator-hand.ts';
import type { CallContext } from '#libs/grpc/context.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { Intake } from '../../core/intake.ts';
import { OperatorError } from './operator-errors.ts';
import { operatorHandlers } from './operator-handlers.ts';

const CALL = {} as CallContext;

/** A member at height 7 with three transactions of its clients and two connected members. */
function operated() {
  const done: string[] = [];
  const [halt, intake, hand, log] = [new HaltHeight(), new Intake(), new OperatorHand(), memoryLogger()];
  hand.take({ sayAll: () => done.push('said'), waiting: () => 3, nudge: () => done.push('nudged') });
  const handlers = operatorHandlers({
    ...{ halt, intake, hand, log },
    finalHeight: () => 7n,
    haltChanged: () => done.push('looked'),
    status: () => ({ connectedPeers: 2, height: toHeight(8n), view: toView(4n), viewTimeoutMs: 900 }),
  });
  return { handlers, halt, intake, done, log };
}

describe('what the operator says to a member', () => {
  test('sets the height behind which it stops, and takes it back', async () => {
    const { handlers, halt, done } = operated();
    assert.deepEqual(await handlers.setHaltHeight({ height: 7n }, CALL), { finalHeight: 7n });
    assert.equal(halt.height, 7n);
    await handlers.setHaltHeight({}, CALL);
    assert.deepEqual([halt.height, done], [undefined, ['looked', 'looked']]);
  });

  test('changes nothing with a height that is passed', async () => {
    const { handlers, halt, done } = operated();
    await handlers.setHaltHeight({ height: 9n }, CALL);
    await assert.rejects(
      async () => handlers.setHaltHeight({ height: 6n }, CALL),
      (error) =>
        error instanceof OperatorError && /height 6 to halt at is passed: .* here is 7\./.test(error.message),
    );
    assert.deepEqual([halt.height, done], [9n, ['looked']]);
  });

  test('closes it for new transactions, gives its own to the others once, and tells how many wait', async () => {
    const { handlers, intake, done, log } = operated();
    const answer = { waiting: 3, toldMembers: 2 };
    assert.deepEqual(await handlers.drain({ cancel: false }, CALL), answer);
    assert.deepEqual(await handlers.drain({ cancel: false }, CALL), answer);
    assert.deepEqual([intake.isOpen, done, log.lines.length], [false, ['said'], 1]);
  });

  test('opens it again', async () => {
    const { handlers, intake, log } = operated();
    await handlers.drain({ cancel: true }, CALL);
    assert.deepEqual([intake.isOpen, log.lines.length], [true, 0]);
    await handlers.drain({ cancel: false }, CALL);
    await handlers.drain({ cancel: true }, CALL);
    assert.deepEqual([intake.isOpen, log.lines.length], [true, 2]);
  });

  test('ends the long wait of its view, and says which view it was', async () => {
    const { handlers, done } = operated();
    assert.deepEqual(await handlers.nudge({}, CALL), { height: 8n, view: 4n, timeoutMs: 900 });
    assert.deepEqual(done, ['nudged']);
  });
});
