import type { EngineMonitor } from './ports/engine-ports.ts';

/** The events that somebody handles before the monitor, and passes on to it. */
export type Overheard = Partial<Pick<EngineMonitor, 'refused' | 'halted'>>;

/** A monitor some of whose calls go to somebody else first. */
export function overheard(monitor: EngineMonitor, { refused, halted }: Overheard): EngineMonitor {
  return {
    refused: refused ?? ((...refusal) => monitor.refused(...refusal)),
    halted: halted ?? ((...halt) => monitor.halted(...halt)),
    snapshotTaken: (height) => monitor.snapshotTaken(height),
    entered: (...entered) => monitor.entered(...entered),
    viewFailed: (failed) => monitor.viewFailed(failed),
    noticed: (...noticed) => monitor.noticed(...noticed),
    signatureRefused: (...refusal) => monitor.signatureRefused(...refusal),
    transactionWaits: (...waiting) => monitor.transactionWaits(...waiting),
    transactionsFinal: (transactions) => monitor.transactionsFinal(transactions),
    blockLost: (...lost) => monitor.blockLost(...lost),
    checkFailed: (error) => monitor.checkFailed(error),
    evidenceFound: (proved) => monitor.evidenceFound(proved),
    evidenceConfirmed: (...confirmed) => monitor.evidenceConfirmed(...confirmed),
    evidenceUnconfirmed: (evidence) => monitor.evidenceUnconfirmed(evidence),
  };
}
