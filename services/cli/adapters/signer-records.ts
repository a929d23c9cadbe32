import { exportHistory } from '#services/signer/ceremony/export-history.ts';
import { importHistory, readHistory } from '#services/signer/ceremony/import-history.ts';
import { recordFacts } from '#services/signer/ceremony/record-facts.ts';

/** The record of a signer that does not run: the signer's own code alone knows what it looks like. */
export const signerRecords = {
  facts: recordFacts,
  export: exportHistory,
  import: importHistory,
  read: readHistory,
};
