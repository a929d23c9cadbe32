import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHeight } from '#libs/chain/ids.ts';
import { FinalChannel } from '#libs/engine/ports/final-channel.ts';
import { HaltHeight } from '#libs/engine/ports/halt-height.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { HaltWatch } from './halt-watch.ts';

const IS_TO = 'is to stop behind a height';
const HAS = 'stopped behind the height that its operator named: this member signs nothing more';

test('a member says once that it is to stop behind a height, and once that it has', async () => {
  const [log, final, halt] = [memoryLogger(), new FinalChannel(), new HaltHeight(toHeight(5n))];
  let height = 4n;
  const watch = new HaltWatch({ halt, final, finalHeight: () => height, log });
  const said = () => log.lines.splice(0).map(({ level, message, fields }) => [level, message, fields]);
  await watch.start();
  final.ordered([]);
  assert.deepEqual(said(), [['info', IS_TO, { halt_height: 5n, height: 4n }]]);
  height = 5n;
  final.ordered([]);
  final.ordered([]);
  assert.deepEqual(said(), [['info', HAS, { halt_height: 5n, height: 5n }]]);
});

test('a member that starts at the height says that it has stopped, and one without a height says nothing', async () => {
  for (const [height, messages] of [
    [toHeight(5n), [IS_TO, HAS]],
    [undefined, []],
  ] as const) {
    const log = memoryLogger();
    const watch = new HaltWatch({
      ...{ halt: new HaltHeight(height), final: new FinalChannel(), finalHeight: () => 5n, log },
    });
    await watch.start();
    assert.deepEqual(
      log.lines.map(({ message }) => message),
      messages,
    );
  }
});
