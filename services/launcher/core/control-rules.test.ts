import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  CONTROL_VERBS,
  type ControlVerb,
  type MemberStanding,
  SERVICE_STATES,
  type ServiceState,
} from './control-messages.ts';
import { chosenServices, heldMembers } from './control-rules.ts';
import { doneText, standingText } from './control-text.ts';
import { SERVICE_NAMES } from './service-names.ts';

function member(name: string, ...states: readonly ServiceState[]): MemberStanding {
  const services = SERVICE_NAMES.map((service, index) => {
    const state = states[index] ?? 'running';
    return { service, state, ...(state === 'running' || state === 'paused' ? { pid: 100 + index } : {}) };
  });
  return { name, clientAddress: '127.0.0.1:7101', services };
}

const FEDERATION = [
  member('m0'),
  member('m1', 'paused', 'down'),
  member('m2', 'down', 'down', 'down', 'down'),
];

const chosen = (verb: ControlVerb, name: string) => chosenServices({ verb, member: name }, FEDERATION);

describe('an order to a federation that runs', () => {
  test('is for those services of the member that are in a state for it', () => {
    const expected = {
      kill: ['config', 'gateway', 'consensus'],
      restart: SERVICE_NAMES,
      pause: ['gateway', 'consensus'],
      resume: ['config'],
    };
    for (const verb of CONTROL_VERBS) {
      assert.deepEqual(chosen(verb, 'm1'), { kind: 'chosen', services: expected[verb] }, verb);
    }
  });

  test('is for the one service that it names', () => {
    const order = { verb: 'kill', member: 'm0', service: 'consensus' } as const;
    assert.deepEqual(chosenServices(order, FEDERATION), { kind: 'chosen', services: ['consensus'] });
  });

  test('is refused for a service that the member has not, with those that it has', () => {
    const { services, ...facts } = member('m0');
    const own = services.filter(({ service }) => service !== 'gateway');
    const order = { verb: 'kill', member: 'm0', service: 'gateway' } as const;
    assert.deepEqual(chosenServices(order, [{ ...facts, services: own }]), {
      kind: 'refused',
      sentence: 'm0 runs no gateway: its services are config, signer, consensus',
    });
  });

  test('to a member that is not there is refused with the names of those that are', () => {
    assert.deepEqual(chosen('kill', 'm9'), {
      kind: 'refused',
      sentence: 'no member of this federation is called "m9": its members are m0, m1, m2',
    });
    const many = Array.from({ length: 512 }, (_, index) => member(`m${index}`));
    const choice = chosenServices({ verb: 'kill', member: 'x' }, many);
    assert.ok(choice.kind === 'refused');
    assert.match(choice.sentence, /are m0, m1, [^…]*m15, … \(512 in all\)$/);
  });

  test('that has nothing to do is refused with the cure, and names the service that it was for', () => {
    const refusals: readonly (readonly [ControlVerb, string, RegExp])[] = [
      [
        'kill',
        'm2',
        /^there is no service of m2 to be killed, it is down already: "btcfed up restart m2" starts it$/,
      ],
      [
        'pause',
        'm2',
        /^there is no service of m2 to be paused: "btcfed up resume m2" .*"btcfed up restart m2" starts/,
      ],
      ['resume', 'm0', /^there is no service of m0 to be resumed, none is paused: "btcfed up restart m0"/],
    ];
    for (const [verb, name, sentence] of refusals) {
      const choice = chosen(verb, name);
      assert.ok(choice.kind === 'refused', verb);
      assert.match(choice.sentence, sentence);
    }
    const one = chosenServices({ verb: 'resume', member: 'm0', service: 'gateway' }, FEDERATION);
    assert.ok(one.kind === 'refused');
    assert.match(one.sentence, /^there is no gateway of m0 .*"btcfed up restart m0 --service gateway"/);
  });

  test('a member of which a person holds a service is held, and one that ended by itself is not', () => {
    assert.deepEqual(heldMembers([...FEDERATION, member('m3', 'ended')]), ['m1', 'm2']);
  });
});

describe('the text of an order', () => {
  test('lists a line for each service, with its process and its state in words', () => {
    const lines = standingText([member('m1', 'paused', 'down')]).split('\n');
    assert.deepEqual(
      lines.map((line) => line.replaceAll(/\s+/g, ' ')),
      [
        'm1 config 100 is paused, until "resume"',
        'm1 signer - is down, until "restart"',
        'm1 gateway 102 runs',
        'm1 consensus 103 runs, serves clients at 127.0.0.1:7101',
      ],
    );
    for (const state of SERVICE_STATES) assert.ok(standingText([member('m1', state)]).length > 0);
  });

  test('lists the nats-server of all members last, and none where there is none', () => {
    const last = (server?: { state: 'running' | 'ended'; pid?: number }) =>
      standingText([member('m1')], server)
        .split('\n')
        .at(-1)
        ?.replaceAll(/\s+/g, ' ');
    assert.equal(last({ state: 'running', pid: 99 }), 'all nats-server 99 runs');
    assert.equal(last({ state: 'ended' }), 'all nats-server - ended, and is started again by itself');
    assert.match(last() ?? '', /^m1 consensus /);
  });

  test('tells what was done, and the line to type when it is enough', () => {
    const order = { verb: 'kill', member: 'm2', service: 'consensus' } as const;
    assert.equal(
      doneText(order, ['consensus'], ' --home here'),
      'killed: consensus of m2; down until: btcfed up restart m2 --service consensus --home here',
    );
    const text = (verb: ControlVerb) => doneText({ verb, member: 'm2' }, ['config', 'signer'], '');
    assert.equal(text('pause'), 'paused: config, signer of m2; held until: btcfed up resume m2');
    assert.equal(text('resume'), 'resumed: config, signer of m2');
    assert.equal(text('restart'), 'restarted: config, signer of m2');
  });
});
