import type { EngineMonitor } from './ports/engine-ports.ts';

/** The events of its engine that the node itself handles. */
export type Overheard = Pick<EngineMonitor, 'refused'>;

/** The monitor of a node, for its engine: what the node must hear goes to the node, which tells the monitor. */
export function overheard(monitor: EngineMonitor, { refused }: Overheard): EngineMonitor {
  return {
    refused,
    snapshotTaken: (height) => monitor.snapshotTaken(height),
    viewEntered: (...entered) => monitor.viewEntered(...entered),
    noticed: (...noticed) => monitor.noticed(...noticed),
    signatureRefused: (...refusal) => monitor.signatureRefused(...refusal),
    transactionWaits: (...waiting) => monitor.transactionWaits(...waiting),
    transactionsFinal: (transactions) => monitor.transactionsFinal(transactions),
    blockLost: (...lost) => monitor.blockLost(...lost),
    halted: (...halt) => monitor.halted(...halt),
    evidenceFound: (proved) => monitor.evidenceFound(proved),
    evidenceConfirmed: (...confirmed) => monitor.evidenceConfirmed(...confirmed),
    evidenceUnconfirmed: (evidence) => monitor.evidenceUnconfirmed(evidence),
  };
}
