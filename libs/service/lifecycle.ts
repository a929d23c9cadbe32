/** Something with a life: started once, stopped once. `stop` is safe before, during and after `start`. */
export interface Lifecycle {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * One life of many parts: started in order, stopped in reverse. A part that fails to start, or a stop that
 * comes in between, stops the running parts. A part that fails to stop does not keep the others from stopping;
 * its error is thrown at the end.
 */
export function lifecycleOf(parts: readonly Lifecycle[]): Lifecycle {
  return new Sequence(parts);
}

class Sequence implements Lifecycle {
  readonly #parts: readonly Lifecycle[];
  readonly #running: Lifecycle[] = [];
  #stopping = false;

  constructor(parts: readonly Lifecycle[]) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    for (const part of this.#parts) {
      if (this.#stopping) return;
      await this.#startPart(part);
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const failures = await this.#stopRunning();
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1) throw new AggregateError(failures, 'several parts failed to stop');
  }

  async #startPart(part: Lifecycle): Promise<void> {
    try {
      await part.start();
    } catch (cause) {
      // Errors of the parts during the teardown would only hide why the start failed.
      await this.#stopRunning();
      throw cause;
    }
    this.#running.push(part);
    if (this.#stopping) await this.stop();
  }

  async #stopRunning(): Promise<unknown[]> {
    const failures: unknown[] = [];
    for (let part = this.#running.pop(); part !== undefined; part = this.#running.pop()) {
      try {
        await part.stop();
      } catch (failure) {
        failures.push(failure);
      }
    }
    return failures;
  }
}
