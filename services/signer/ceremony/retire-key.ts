import { join } from 'node:path';
import { equalBytes } from '#libs/bytes/bytes.ts';
import type { ChainProof } from '#libs/client/chain-proof.ts';
import { withMode } from '#libs/custody/session.ts';
import { hollowKeyFile } from '../key/hollow-key.ts';
import { preparedKey } from '../key/prepared-key.ts';
import { type OpenRecord, openRecord, type RecordPlace } from '../record/open-record.ts';
import { auditOf } from '../record/rules/audit-of.ts';
import type { EpochBasis } from '../record/rules/custody-ledger.ts';
import { KEY_FILE_NAME } from '../words/file-names.ts';
import { enterEpochs, provedEpochs } from './proved-epochs.ts';
import { refusedNow } from './quarantine.ts';

/**
 * Destroys the secret of a key that is not needed any more, of a stopped signer; its record stays, as evidence,
 * and so does the unencrypted part of the key file.
 * @param proof - The proof that the members know the key no more; undefined for a key whose history was handed
 * on to another host.
 * @returns the newest epoch that is known.
 * @throws CustodyError while the key may be needed; then nothing was changed.
 */
export async function retireKey(place: RecordPlace, proof: ChainProof | undefined): Promise<bigint> {
  if ((await preparedKey(place.folder)) !== undefined) {
    throw refusedNow(place, 'a key is prepared to follow this one: activate it, or abandon it, first');
  }
  const record = await openRecord(place);
  try {
    if (proof !== undefined) await leave(place, record, proof);
    else if (record.ledger.state().mode !== 'retired') {
      throw refusedNow(place, 'its history was not handed on: prove that the members know the key no more');
    }
    await hollowKeyFile(join(place.folder, KEY_FILE_NAME));
    return record.ledger.state().epoch;
  } finally {
    record.ledger.close();
  }
}

/** A key that was a member's, and is no member's from some epoch on. */
async function leave(place: RecordPlace, record: OpenRecord, proof: ChainProof): Promise<void> {
  const { ledger, owner, facts } = record;
  const epochs = await provedEpochs(place, record, proof);
  const memberIn = ({ set }: EpochBasis) =>
    set.members.find(({ publicKey }) => equalBytes(publicKey, owner.publicKey));
  const known = [facts, ...epochs];
  const last = known.at(-1) ?? facts;
  const { epoch } = last.set;
  const still = memberIn(last);
  if (still !== undefined) {
    throw refusedNow(place, `the key is that of ${still.name} in epoch ${epoch}, the newest that is proved`);
  }
  if (!known.some((each) => memberIn(each) !== undefined)) {
    const reason = `it was of no member from epoch ${facts.set.epoch} to ${epoch}, and may be about to join`;
    throw refusedNow(place, reason);
  }
  enterEpochs(record, epochs);
  const retired = withMode(ledger.state(), 'retired');
  ledger.change(retired, auditOf(retired, 'RETIRED', `of no member in epoch ${epoch}`));
}
