import type { Prng } from '#libs/random/prng.ts';
import type { AnyInstance } from '../member/instance.ts';
import type { Plan } from '../plan/plan.ts';
import type { Schedule } from '../time/schedule.ts';
import { Breakdowns } from './breakdowns.ts';

const CONNECT_MS_MAX = 30;

/** A supervisor starts a stopped replica again after this. */
const RESTART_MS = 200;

/** Starts the instances, crashes them as planned, and brings them back. */
export class Faults {
  readonly #schedule: Schedule;
  readonly #random: Prng;
  readonly #plan: Plan;
  readonly #instances: readonly AnyInstance[];
  readonly #breakdowns: Breakdowns;
  readonly #awayUntilMs = new Map<AnyInstance, number>();

  constructor(schedule: Schedule, random: Prng, plan: Plan, instances: readonly AnyInstance[]) {
    this.#schedule = schedule;
    this.#random = random;
    this.#plan = plan;
    this.#instances = instances;
    this.#breakdowns = new Breakdowns({
      schedule,
      random: random.stream('breakdowns'),
      plan,
      start: (instance) => this.#startNow(instance),
    });
  }

  start(): void {
    const { crashes, powerCuts, gstMs } = this.#plan;
    for (const instance of this.#instances) {
      instance.stopped = () => this.#schedule.after(RESTART_MS, () => this.#startNow(instance));
      this.#startLater(instance, this.#random.int(0, CONNECT_MS_MAX));
    }
    for (const { instance, atMs, effects, isAfter, downMs } of crashes) {
      const target = this.#instances[instance];
      if (target === undefined) continue;
      const blown = () => this.#startLater(target, downMs);
      this.#schedule.after(atMs, () => target.light({ effects, isAfter, blown }));
    }
    for (const { atMs, downMsMax } of powerCuts) {
      this.#schedule.after(atMs, () => this.#cutPower(downMsMax));
    }
    this.#startAbsences();
    this.#armCrashPoints();
    this.#startSpells();
    this.#breakdowns.start(this.#instances);
    this.#schedule.after(gstMs, () => this.#startAll());
  }

  #startAbsences(): void {
    for (const { instance, atMs, untilMs } of this.#plan.whole?.absences ?? []) {
      const target = this.#instances[instance];
      if (target === undefined) continue;
      this.#schedule.after(atMs, () => {
        target.crash();
        this.#awayUntilMs.set(target, untilMs);
        this.#startLater(target, untilMs - atMs);
      });
    }
  }

  #armCrashPoints(): void {
    for (const { instance, effect, isAfter, isPowerCut } of this.#plan.crashPoints) {
      const target = this.#instances[instance];
      const blown = () => {
        if (isPowerCut) this.#cutPower(RESTART_MS);
        else if (target !== undefined) this.#startLater(target, RESTART_MS);
      };
      target?.arm({ effects: effect, isAfter, blown });
    }
  }

  #startSpells(): void {
    const { pauses, fullDisks, gstMs } = this.#plan;
    for (const { instance, atMs, forMs } of pauses.filter((each) => each.atMs < gstMs)) {
      this.#schedule.after(atMs, () => this.#instances[instance]?.pause(Math.min(forMs, gstMs - atMs)));
    }
    for (const { instance, atMs, forMs } of fullDisks.filter((each) => each.atMs < gstMs)) {
      const disk = this.#instances[instance]?.disk;
      if (disk === undefined) continue;
      this.#schedule.after(atMs, () => {
        disk.isFull = true;
      });
      this.#schedule.after(Math.min(atMs + forMs, gstMs), () => {
        disk.isFull = false;
      });
    }
  }

  #cutPower(downMsMax: number): void {
    for (const instance of this.#instances) {
      if (instance.isUp) instance.crash();
      if (this.#plan.losesUnsynced) instance.disk.losePower(this.#random);
      this.#startLater(instance, this.#random.int(0, downMsMax));
    }
  }

  /** Ends the faults: members that are down come up, and nobody is about to crash. */
  #startAll(): void {
    for (const instance of this.#instances) {
      instance.light(undefined);
      this.#startNow(instance);
    }
  }

  #startLater(instance: AnyInstance, delayMs: number): void {
    const untilGstMs = Math.max(this.#plan.gstMs - this.#schedule.nowMs, 0);
    this.#schedule.after(Math.min(delayMs, untilGstMs), () => this.#startNow(instance));
  }

  #startNow(instance: AnyInstance): void {
    if (instance.isUp || this.#breakdowns.isDown(instance.member)) return;
    if (this.#schedule.nowMs < (this.#awayUntilMs.get(instance) ?? 0)) return;
    instance.start();
    for (const other of this.#instances) {
      if (other.member === instance.member) continue;
      this.#schedule.after(this.#random.int(0, CONNECT_MS_MAX), () => {
        if (!other.isUp || !instance.isUp) return;
        other.peerConnected(instance.member);
        instance.peerConnected(other.member);
      });
    }
  }
}
