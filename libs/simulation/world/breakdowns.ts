import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Prng } from '#libs/random/prng.ts';
import { FILES } from '../disk/disk.ts';
import type { AnyInstance } from '../member/instance.ts';
import { AMNESIAC, type Broken, type Plan } from '../plan/plan.ts';
import type { Schedule } from '../time/schedule.ts';

export interface BreakdownWorld {
  readonly schedule: Schedule;
  readonly random: Prng;
  readonly plan: Plan;
  start(instance: AnyInstance): void;
}

const FLAP_MS_MAX = 1_500;
const FORGET_MS_MAX = 1_500;
const SLOW_EVERY_MS = 500;
const SLOW_MS = 350;

/** The faults that go on after the others ended: members that are broken for good, and machines put back to backups. */
export class Breakdowns {
  readonly #world: BreakdownWorld;

  constructor(world: BreakdownWorld) {
    this.#world = world;
  }

  start(instances: readonly AnyInstance[]): void {
    const { plan, schedule } = this.#world;
    for (const broken of plan.broken) {
      const instance = instances[broken.member];
      if (instance !== undefined) schedule.after(broken.fromMs, () => this.#break(instance, broken));
    }
    for (const { member, actor } of plan.byzantine) {
      const instance = instances[member];
      if (actor === AMNESIAC && instance !== undefined) this.#forget(instance);
    }
  }

  /** Whether a member stays down against every attempt to start it. */
  isDown(member: MemberIndex): boolean {
    const { plan, schedule } = this.#world;
    return plan.broken.some(
      (each) => each.member === member && each.how === 'down' && schedule.nowMs >= each.fromMs,
    );
  }

  #break(instance: AnyInstance, { how }: Broken): void {
    instance.note(`broken: ${how}`);
    switch (how) {
      case 'down':
        return instance.crash();
      case 'corrupt':
        instance.crash();
        instance.disk.decay(this.#world.random.pick(FILES));
        return this.#world.start(instance);
      case 'full':
        instance.disk.isFull = true;
        return;
      case 'flapping':
        return this.#flap(instance);
      case 'slow':
        return this.#slow(instance);
      case 'mute':
      case 'deaf':
      case 'lossy':
        // The network knows.
        return;
    }
  }

  #flap(instance: AnyInstance): void {
    const { schedule, random, start } = this.#world;
    if (instance.isUp) instance.crash();
    else start(instance);
    schedule.after(random.int(20, FLAP_MS_MAX), () => this.#flap(instance));
  }

  #slow(instance: AnyInstance): void {
    instance.pause(SLOW_MS);
    this.#world.schedule.after(SLOW_EVERY_MS, () => this.#slow(instance));
  }

  /** Takes a backup, and later goes on from it as if nothing had happened since. */
  #forget(instance: AnyInstance): void {
    const { schedule, random, start } = this.#world;
    const image = instance.disk.image();
    schedule.after(random.int(50, FORGET_MS_MAX), () => {
      if (instance.isUp) instance.crash();
      instance.disk.restore(image);
      start(instance);
      this.#forget(instance);
    });
  }
}
