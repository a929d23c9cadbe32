import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Probes } from './probes.ts';

function started(fault = ''): Probes {
  const probes = new Probes();
  probes.readyWhen({ name: 'signer', fault: () => '' }, { name: 'quorum', fault: () => fault });
  probes.started();
  return probes;
}

describe('F-41 probes', () => {
  test('F-41 a service that starts is alive, and neither started nor ready', () => {
    const probes = new Probes();
    assert.deepEqual(probes.answer('/livez'), { status: 200, body: 'ok\n' });
    assert.equal(probes.answer('/startupz')?.status, 503);
    assert.deepEqual(probes.answer('/readyz'), {
      status: 503,
      body: '[-]started failed: the service starts\n[+]running ok\nreadyz check failed\n',
    });
    probes.started();
    assert.deepEqual(
      ['/startupz', '/readyz'].map((path) => probes.answer(path)?.status),
      [200, 200],
    );
  });

  test('F-41 a failed check is named with its reason, and the service stays alive and started', () => {
    const probes = started('2 of 5 members reachable, 4 needed;\n away: bob');
    assert.deepEqual(probes.answer('/readyz'), {
      status: 503,
      body: [
        '[+]started ok',
        '[+]running ok',
        '[+]signer ok',
        '[-]quorum failed: 2 of 5 members reachable, 4 needed; away: bob',
        'readyz check failed',
        '',
      ].join('\n'),
    });
    assert.deepEqual(
      ['/livez', '/startupz', '/readyz?exclude=quorum'].map((path) => probes.answer(path)?.status),
      [200, 200, 200],
    );
  });

  test('F-41 ?verbose lists the checks that pass, and ?exclude leaves one out', () => {
    assert.deepEqual(started().answer('/readyz?verbose&exclude=signer&exclude=started'), {
      status: 200,
      body: '[+]running ok\n[+]quorum ok\nreadyz check passed\n',
    });
    assert.deepEqual(started().answer('/readyz'), { status: 200, body: 'ok\n' });
  });

  test('F-41 a service that stops is not ready', () => {
    const probes = started();
    probes.stopping();
    assert.match(probes.answer('/readyz')?.body ?? '', /^\[-\]running failed: the service stops$/m);
    assert.equal(probes.answer('/livez')?.status, 200);
  });

  test('F-41 other paths are no probes', () => {
    for (const path of ['/', '/metrics', '/readyzz', '/readyz/', '?verbose']) {
      assert.equal(started().answer(path), undefined);
    }
  });
});
