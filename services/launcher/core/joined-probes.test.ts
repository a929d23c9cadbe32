import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  joinedProbe,
  type ProbeQuestion,
  probeQuestion,
  questionFor,
  type ServiceProbe,
} from './joined-probes.ts';

const READY: ServiceProbe = {
  service: 'gateway',
  answer: { status: 200, text: '[+]started ok\n[+]running ok\nreadyz check passed\n' },
};
const UNREADY: ServiceProbe = {
  service: 'consensus',
  answer: { status: 503, text: '[+]started ok\n[-]quorum failed: 2 of 4\nreadyz check failed\n' },
};
const question = (target: string): ProbeQuestion => probeQuestion(target) ?? assert.fail(target);

describe('F-41 the probes of a node', () => {
  test('F-41 pass where those of all services do, in the short form and in the long one', () => {
    assert.deepEqual(joinedProbe(question('/readyz'), [READY]), { status: 200, body: 'ok\n' });
    assert.deepEqual(joinedProbe(question('/readyz?verbose'), [READY]), {
      status: 200,
      body: '[+]gateway.answers ok\n[+]gateway.started ok\n[+]gateway.running ok\nreadyz check passed\n',
    });
  });

  test('F-41 fail with one service, and tell all checks by the names of their services', () => {
    const { status, body } = joinedProbe(question('/readyz'), [READY, UNREADY]);
    assert.equal(status, 503);
    assert.match(body, /^\[-\]consensus\.quorum failed: 2 of 4$/m);
    assert.match(body, /^\[\+\]gateway\.running ok$/m);
    assert.match(body, /readyz check failed\n$/);
  });

  test('F-41 fail where a service does not answer, or with a status that no check explains', () => {
    const away = joinedProbe(question('/livez'), [READY, { service: 'signer', answer: undefined }]);
    assert.equal(away.status, 503);
    assert.match(away.body, /^\[-\]signer\.answers failed: it does not answer/m);
    const strange = { service: 'signer', answer: { status: 500, text: '' } } as const;
    assert.match(joinedProbe(question('/livez'), [strange]).body, /^\[-\]signer\.answers failed: .*500$/m);
  });

  test('F-41 leave out what is excluded, here and in the question to the service', () => {
    const asked = question('/readyz?verbose&exclude=consensus.quorum&exclude=signer.answers');
    assert.equal(questionFor('consensus', asked), '/readyz?verbose&exclude=quorum');
    assert.equal(questionFor('gateway', asked), '/readyz?verbose');
    assert.equal(joinedProbe(asked, [READY, { service: 'signer', answer: undefined }]).status, 200);
  });

  test('F-41 are these three, and no other path is one', () => {
    for (const probe of ['livez', 'startupz', 'readyz']) assert.equal(question(`/${probe}`).probe, probe);
    for (const path of ['/', '/metrics', '/readyz/', '/healthz'])
      assert.equal(probeQuestion(path), undefined);
  });
});
