import type { Schedule } from '../time/schedule.ts';
import type { Process } from './process.ts';

/** One life of an instance after another, at most one at a time. While the instance is paused, its work waits. */
export class Lives<State, Message> {
  readonly #schedule: Schedule;
  /** Takes what a life throws. */
  readonly #failed: (error: unknown) => void;
  #life: Process<State, Message> | undefined;
  #awakeFromMs = 0;

  constructor(schedule: Schedule, failed: (error: unknown) => void) {
    this.#schedule = schedule;
    this.#failed = failed;
  }

  /** The life that runs now. */
  get current(): Process<State, Message> | undefined {
    return this.#life;
  }

  begin(life: Process<State, Message>): void {
    this.#life = life;
    this.#guard(() => life.start());
  }

  end(): void {
    this.#life?.stop();
    this.#life = undefined;
  }

  /** Stands still: inputs and planned work are handled at the end of the pause. */
  pause(forMs: number): void {
    this.#awakeFromMs = Math.max(this.#awakeFromMs, this.#schedule.nowMs + forMs);
  }

  /** Gives an input to the life that runs once the instance is awake; it is lost if none does. */
  give(input: (life: Process<State, Message>) => void): void {
    this.#whenAwake(() => {
      const life = this.#life;
      if (life !== undefined) this.#guard(() => input(life));
    });
  }

  /** Runs later, unless this life ended by then. */
  later(delayMs: number, run: () => void): void {
    const life = this.#life;
    this.#schedule.after(delayMs, () =>
      this.#whenAwake(() => {
        if (this.#life === life && life !== undefined) this.#guard(run);
      }),
    );
  }

  #whenAwake(run: () => void): void {
    const waitMs = this.#awakeFromMs - this.#schedule.nowMs;
    if (waitMs <= 0) run();
    else this.#schedule.after(waitMs, () => this.#whenAwake(run));
  }

  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#failed(error);
    }
  }
}
