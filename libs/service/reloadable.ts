/**
 * A part of a service that takes settings over while it runs (P2P-57). A reload asks every part of every service to
 * prepare; when all have, all commit; when one refuses, all that prepared roll back.
 */
export interface Reloadable<Proposal> {
  /**
   * Checks a proposal and makes ready for either way, without showing anything to the outside.
   *
   * @throws AppError with one sentence for a person, when it cannot be taken over.
   */
  prepare(proposal: Proposal): Promise<PreparedReload>;
}

/** One of the two is called, once. Neither may fail: whatever can fail belongs into `prepare`. */
export interface PreparedReload {
  commit(): void | Promise<void>;
  rollBack(): void | Promise<void>;
}

/** Prepares all parts in their order, or none: those that were ready are rolled back in reverse when one refuses. */
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
