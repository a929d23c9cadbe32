import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { NoChance } from '../time/no-chance.ts';
import { Schedule } from '../time/schedule.ts';
import { HostCores } from './host-cores.ts';
import { ProcessLane } from './process-lane.ts';
import { SignatureWork } from './signature-work.ts';

function host(cores: number) {
  const schedule = new Schedule(new NoChance());
  const account = { cpuMs: 0 };
  const all = new HostCores(schedule, cores);
  const ends: string[] = [];
  const ended = (name: string) => () => void ends.push(`${name} ${schedule.nowMs}`);
  const run = (): readonly string[] => {
    while (!schedule.isEmpty) schedule.step();
    return ends;
  };
  return { schedule, account, cores: all, ended, run };
}

describe('the cores of a host', () => {
  test('work side by side, and who waits gets the next one that is free', () => {
    const { schedule, account, cores, ended, run } = host(2);
    for (const [name, ms] of [
      ['a', 10],
      ['b', 4],
      ['c', 3],
    ] as const) {
      const start = (): number => {
        schedule.after(ms, ended(name));
        return ms;
      };
      cores.run({ account, start });
    }
    assert.deepEqual(run(), ['b 4', 'c 7', 'a 10']);
    assert.equal(account.cpuMs, 17);
  });

  test('are at least one', () => {
    for (const count of [0, -1, 1.5]) assert.throws(() => host(count), /a host has cores/);
  });

  test('do no work twice, and none at once beyond their number', () => {
    const times = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 6 }), (all, count) => {
        const { schedule, account, cores, run } = host(count);
        let [busy, most] = [0, 0];
        for (const ms of all) {
          const start = (): number => {
            most = Math.max(most, ++busy);
            schedule.after(ms, () => void busy--);
            return ms;
          };
          cores.run({ account, start });
        }
        run();
        const sum = all.reduce((total, ms) => total + ms, 0);
        assert.equal(account.cpuMs, sum);
        assert.ok(most <= count);
        assert.ok(schedule.nowMs >= sum / count);
      }),
    );
  });
});

describe('a process', () => {
  test('does one job after the other, though cores are free', () => {
    const { schedule, account, cores, ended, run } = host(4);
    const lane = new ProcessLane(schedule, cores, account);
    for (const name of ['a', 'b']) {
      lane.push((meter) => {
        meter.spend(5);
        meter.afterwards(ended(name));
      });
    }
    assert.deepEqual(run(), ['a 5', 'b 10']);
  });

  test('stands still while a disk writes, and leaves the core to others', () => {
    const { schedule, account, cores, ended, run } = host(1);
    const [one, other] = [
      new ProcessLane(schedule, cores, account),
      new ProcessLane(schedule, cores, account),
    ];
    one.push((meter) => {
      meter.spend(1);
      meter.wait(9);
      meter.afterwards(ended('written'));
    });
    one.push((meter) => meter.afterwards(ended('next')));
    other.push((meter) => {
      meter.spend(2);
      meter.afterwards(ended('other'));
    });
    assert.deepEqual(run(), ['other 3', 'written 10', 'next 10']);
    assert.equal(account.cpuMs, 3);
  });
});

describe('signatures', () => {
  test('are verified on all cores side by side, and signed on one', () => {
    const { schedule, account, cores, ended, run } = host(4);
    const work = new SignatureWork({ schedule, cores, account, costs: { signMs: 10, verifyMs: 2 } });
    work.verify(8, ended('eight'));
    work.verify(0, ended('none'));
    work.sign(ended('signed'));
    assert.deepEqual(run(), ['none 0', 'eight 4', 'signed 14']);
    assert.equal(account.cpuMs, 26);
  });
});
