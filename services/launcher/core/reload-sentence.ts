/** The result of a reload, as the config service reports it. */
export interface ReloadFacts {
  readonly liveKeys: readonly string[];
  readonly restartKeys: readonly string[];
  readonly reason: string;
  readonly durationMs: bigint;
}

/** One sentence for a person. */
export function reloadSentence({ liveKeys, restartKeys, reason, durationMs }: ReloadFacts): string {
  if (reason !== '') return `reload refused, everything runs as before: ${reason}`;
  const waiting =
    restartKeys.length === 0 ? '' : `; at the next start of the node: ${restartKeys.join(', ')}`;
  const inForce = liveKeys.length === 0 ? 'nothing changed' : `in force: ${liveKeys.join(', ')}`;
  return `reloaded in ${durationMs} ms, ${inForce}${waiting}`;
}
