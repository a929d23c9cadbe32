import type { Configuration, ParticipateResponse } from '#libs/proto/btcfed/config/v1/config_service.ts';
import { type PreparedReload, prepareAll, type Reloadable } from '#libs/service/reloadable.ts';

/** Steps of a reload, which are answered. */
export type ReloadStep = Exclude<NonNullable<ParticipateResponse['step']>, { $case: 'inForce' | 'peers' }>;

/** One reload of the parts of a service, in the steps that the config service orders: prepared, and then decided. */
export class StepwiseReload {
  readonly #parts: readonly Reloadable<Configuration>[];
  #prepared: PreparedReload | undefined;

  constructor(parts: readonly Reloadable<Configuration>[]) {
    this.#parts = parts;
  }

  /** Does a step that the config service orders. @throws when it cannot be done, with the reason for its answer. */
  async take(step: ReloadStep): Promise<void> {
    const prepared = this.#prepared;
    switch (step.$case) {
      case 'prepare': {
        const { configuration } = step.value;
        if (configuration === undefined) throw new Error('a proposal without a configuration');
        await this.forget();
        this.#prepared = await prepareAll(this.#parts, configuration);
        return;
      }
      case 'commit':
        this.#prepared = undefined;
        if (prepared === undefined) throw new Error('nothing was prepared');
        return prepared.commit();
      case 'rollBack':
        return this.forget();
    }
  }

  /** Rolls back a prepared reload that was never decided on. */
  async forget(): Promise<void> {
    const prepared = this.#prepared;
    this.#prepared = undefined;
    await prepared?.rollBack();
  }
}
