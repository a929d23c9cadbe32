/**
 * A part of a service that applies settings while it runs (P2P-57). A reload asks every part of every service
 * to prepare; when all have, all commit; when one refuses, all prepared ones roll back.
 */
export interface Reloadable<Proposal> {
  /**
   * Checks a proposal and makes ready for either outcome, without visible effects.
   * @throws AppError with one sentence for a person, when it cannot be applied.
   */
  prepare(proposal: Proposal): Promise<PreparedReload>;
}

/** Exactly one of the two is called, once. Neither may fail: all steps that can fail belong into `prepare`. */
export interface PreparedReload {
  commit(): void | Promise<void>;
  rollBack(): void | Promise<void>;
}

/** Prepares all parts in their order, or none: the prepared ones are rolled back in reverse when one refuses. */
export async function prepareAll<Proposal>(
  parts: readonly Reloadable<Proposal>[],
  proposal: Proposal,
): Promise<PreparedReload> {
  const ready: PreparedReload[] = [];
  const rollBack = async (): Promise<void> => {
    for (const part of ready.toReversed()) await part.rollBack();
  };
  try {
    for (const part of parts) ready.push(await part.prepare(proposal));
  } catch (error) {
    await rollBack();
    throw error;
  }
  return {
    commit: async () => {
      for (const part of ready) await part.commit();
    },
    rollBack,
  };
}
