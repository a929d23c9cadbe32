import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { SERVICE_EXIT } from '#libs/service/service-exit.ts';
import { DISK_BACK_MS, RESTART_PAUSE_MS_MAX } from '../words/limits.ts';
import { ServiceRestarts } from './service-restarts.ts';

const crash = { how: 'exit code 1', code: 1, lastLine: '' };
const diskFull = { how: `exit code ${SERVICE_EXIT.disk}`, code: SERVICE_EXIT.disk, lastLine: '' };

function restartsOf(context: TestContext) {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const events: string[] = [];
  const restarts = new ServiceRestarts({
    service: 'm0 consensus',
    report: ({ kind }) => events.push(kind),
    start: () => events.push('start'),
  });
  return { events, restarts, pass: (ms: number) => context.mock.timers.tick(ms) };
}

describe('the restarts of a service', () => {
  test('come after a pause for each crash, until it crashed too often', (context) => {
    const { events, restarts, pass } = restartsOf(context);
    restarts.after(crash);
    assert.deepEqual(events, ['crashed']);
    pass(RESTART_PAUSE_MS_MAX);
    assert.deepEqual(events, ['crashed', 'start', 'restarted']);
    while (!events.includes('given-up')) {
      restarts.after(crash);
      pass(RESTART_PAUSE_MS_MAX);
    }
    assert.equal(events.at(-1), 'given-up', 'nobody starts it again');
  });

  test('after a full disk never end, are reported once, and once more when the service stays up', (context) => {
    const { events, restarts, pass } = restartsOf(context);
    for (let attempt = 0; attempt < 20; attempt++) {
      restarts.after(diskFull);
      pass(RESTART_PAUSE_MS_MAX);
    }
    assert.deepEqual(
      events.filter((event) => event !== 'start'),
      ['disk-away'],
    );
    pass(DISK_BACK_MS);
    assert.equal(events.at(-1), 'disk-back');
    restarts.after(diskFull);
    assert.equal(events.at(-1), 'disk-away', 'it is away again');
  });

  test('are over when a person stops the service', (context) => {
    const { events, restarts, pass } = restartsOf(context);
    restarts.after(crash);
    restarts.cancel();
    pass(RESTART_PAUSE_MS_MAX);
    assert.deepEqual(events, ['crashed']);
  });
});
