import { SqliteLedger } from '#services/signer/record/sqlite-ledger.ts';

/**
 * The core of a signer with one mistake: signatures leave before they are recorded. The tests that end it at every
 * moment must notice.
 */
const { record, storeSignature } = SqliteLedger.prototype;
const late: (() => void)[] = [];
/** Long enough for an answer to leave; longer for who kills it by hand. */
const LATE_MS = Number(process.env['RELEASE_LATE_MS'] ?? 5);

SqliteLedger.prototype.record = function (...args) {
  late.push(() => record.apply(this, args));
};
SqliteLedger.prototype.storeSignature = function (...args) {
  late.push(() => storeSignature.apply(this, args));
  setTimeout(() => {
    for (const write of late.splice(0)) write();
  }, LATE_MS);
};

await import('#services/signer/main-core.ts');
