import type { EngineMonitor } from './ports/engine-ports.ts';

/** The events of its engine that the node itself handles. */
export type Overheard = Pick<EngineMonitor, 'refused'>;

/**
 * The monitor that a node gives its engine: some calls go to the node first, which passes them on to the real
 * monitor.
 */
export function overheard(monitor: EngineMonitor, { refused }: Overheard): EngineMonitor {
  return {
    refused,
    snapshotTaken: (height) => monitor.snapshotTaken(height),
    entered: (...entered) => monitor.entered(...entered),
    viewFailed: (failed) => monitor.viewFailed(failed),
    noticed: (...noticed) => monitor.noticed(...noticed),
    signatureRefused: (...refusal) => monitor.signatureRefused(...refusal),
    transactionWaits: (...waiting) => monitor.transactionWaits(...waiting),
    transactionsFinal: (transactions) => monitor.transactionsFinal(transactions),
    blockLost: (...lost) => monitor.blockLost(...lost),
    halted: (...halt) => monitor.halted(...halt),
    checkFailed: (error) => monitor.checkFailed(error),
    evidenceFound: (proved) => monitor.evidenceFound(proved),
    evidenceConfirmed: (...confirmed) => monitor.evidenceConfirmed(...confirmed),
    evidenceUnconfirmed: (evidence) => monitor.evidenceUnconfirmed(evidence),
  };
}
