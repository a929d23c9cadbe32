import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toHex } from '#libs/bytes/hex.ts';
import { toDigest, toEpoch, toHeight, toView } from '#libs/chain/ids.ts';
import { inEpoch } from '#libs/custody/epoch.ts';
import { withMode } from '#libs/custody/session.ts';
import { validatorSet } from '#libs/protocol/validator-set.ts';
import { bindSigner, createSignerKey } from '#services/signer/ceremony/init.ts';
import { exportKey, importKey } from '#services/signer/ceremony/move-key.ts';
import { prepareRotation } from '#services/signer/ceremony/rotation.ts';
import { sealKey } from '#services/signer/ceremony/seal-key.ts';
import { preparedKey } from '#services/signer/key/prepared-key.ts';
import { auditOf } from '#services/signer/record/rules/audit-of.ts';
import { beginRotation, finishRotation } from '#services/signer/record/succession.ts';
import { openCustody } from '#services/signer/running/custody.ts';
import {
  filesWith,
  firstEpochOf,
  membersWith,
  PLACE_CHAIN,
  PLACE_SCHEME,
  SIGNED_VIEW,
  signedPlace,
  startIn,
} from '../signer-place.ts';
import { type CustodyOperation, secretIn, signerIn, stillServes } from './custody-operation.ts';

const bind = (folder: string, publicKey: Uint8Array) =>
  bindSigner({ protocol: 'hotstuff', folder, chainDigest: PLACE_CHAIN, first: firstEpochOf(publicKey) });

/** Takes the next step of a person who finds a key that is not bound yet, or no key. */
async function bindAgain(folder: string): Promise<void> {
  const { public_key: hex } = JSON.parse(readFileSync(join(folder, 'signer.key'), 'utf8'));
  await bind(folder, Buffer.from(hex, 'hex'));
}

const makingAKey: CustodyOperation = {
  prepare: async () => {},
  async run(root) {
    await bind(signerIn(root), await createSignerKey({ folder: signerIn(root), scheme: PLACE_SCHEME }));
  },
  async faults(root, isDone) {
    const { outcome } = await startIn(signerIn(root));
    if (outcome === 'serving') return [];
    if (isDone) return [`it is ${outcome}`];
    if (outcome === 'CUSTODY_KEY_MISSING') await this.run(root);
    else if (outcome === 'CUSTODY_KEY_UNBOUND') await bindAgain(signerIn(root));
    const again = await startIn(signerIn(root));
    return [again.outcome !== 'serving' && `it is ${outcome}, and done again ${again.outcome}`];
  },
};

const preparingTheNextKey: CustodyOperation = {
  prepare: (root) => signedPlace(signerIn(root)),
  run: (root) => prepareRotation({ folder: signerIn(root) }),
  async faults(root, isDone) {
    const folder = signerIn(root);
    const serves = await stillServes(root);
    const isPrepared = (await preparedKey(folder)) !== undefined;
    if (!isPrepared && !isDone) await prepareRotation({ folder });
    return [...serves, isDone && !isPrepared && 'the prepared key is lost'];
  },
};

const ROOT = { view: toView(40n), height: toHeight(12n), digest: toDigest('8'.repeat(64)) };

/** A rotation, from the begun epoch to the replaced key, step by step as the core does it. */
const rotation: CustodyOperation = {
  async prepare(root) {
    const folder = signerIn(root);
    const [oldKey, newKey] = [await signedPlace(folder), await prepareRotation({ folder })];
    const facts = { oldKey: toHex(oldKey), newKey: toHex(newKey), secret: secretIn(folder) };
    writeFileSync(join(root, 'facts.json'), JSON.stringify(facts));
  },
  async run(root) {
    const folder = signerIn(root);
    const next = await preparedKey(folder);
    if (next === undefined) throw new Error('no key was prepared');
    const { ledger, custodian, key } = await openCustody({ folder, protocol: 'hotstuff', backend: 'auto' });
    const set = validatorSet(toEpoch(1n), membersWith(next.publicKey));
    const state = inEpoch(custodian.state, {
      epoch: toEpoch(1n),
      root: ROOT,
      table: custodian.context.table,
    });
    ledger.advance(state, { set, root: ROOT }, auditOf(state, 'EPOCH', '', ROOT.digest));
    const retired = withMode(state, 'retired');
    ledger.change(retired, auditOf(retired, 'RETIRED', 'another key follows'));
    ledger.close();
    key.close();
    const { table } = custodian.context;
    await beginRotation({ folder }, { epoch: { set, root: ROOT, table }, session: state.session });
    await finishRotation({ folder });
  },
  /** The old key signs on, or the new one does and the old one is gone; never both, never none. */
  async faults(root, isDone) {
    const folder = signerIn(root);
    const { oldKey, newKey, secret } = JSON.parse(readFileSync(join(root, 'facts.json'), 'utf8'));
    const start = await startIn(folder);
    if (start.key !== newKey) {
      return [
        ...(await stillServes(root)),
        isDone && 'the old key signs after the rotation is done',
        start.key !== oldKey && 'a stranger signs',
        start.view !== SIGNED_VIEW && 'the old key forgot what it signed',
      ];
    }
    const archive = readdirSync(folder).find((name) => name.startsWith('before-')) ?? '.';
    // The files by which the record is read. The key file has no secret any more, as checked below.
    const readBy = ['audit.key', 'signer.key'];
    const kept = readdirSync(join(folder, archive)).filter(
      (name) => !name.startsWith('signer.db') && !readBy.includes(name),
    );
    return [
      start.outcome !== 'serving' && `it is ${start.outcome}`,
      start.epoch !== 1n && 'the new key signs in the old epoch',
      !existsSync(join(folder, archive, 'signer.db')) && 'the record of the old key is lost',
      kept.length > 0 && `beside the record of the old key there is ${kept.join()}`,
      ...filesWith(folder, secret).map((path) => `the old key still lies in ${path}`),
      existsSync(join(folder, 'next')) && 'the folder of the next key is left',
    ];
  },
};

const passphrase = async () => Buffer.from('correct horse battery staple');

const sealing: CustodyOperation = {
  async prepare(root) {
    await signedPlace(signerIn(root));
    writeFileSync(join(root, 'facts.json'), JSON.stringify({ secret: secretIn(signerIn(root)) }));
  },
  run: (root) => sealKey({ folder: signerIn(root), newPassphrase: passphrase }),
  async faults(root, isDone) {
    const { secret } = JSON.parse(readFileSync(join(root, 'facts.json'), 'utf8'));
    const { outcome } = await startIn(signerIn(root));
    const clear = filesWith(signerIn(root), secret);
    return [
      isDone && outcome !== 'locked' && `it is ${outcome}, not locked`,
      !['locked', 'serving'].includes(outcome) && `it is ${outcome}`,
      outcome === 'locked' && clear.length > 0 && `sealed, and in the clear in ${clear.join()}`,
      clear.length > 1 && `in ${clear.join()}`,
    ];
  },
};

const unsealing: CustodyOperation = {
  async prepare(root) {
    await signedPlace(signerIn(root));
    await sealKey({ folder: signerIn(root), newPassphrase: passphrase });
  },
  run: (root) => sealKey({ folder: signerIn(root), passphrase }),
  async faults(root, isDone) {
    const { outcome } = await startIn(signerIn(root));
    if (outcome === 'locked' && !isDone) {
      const drafts = readdirSync(signerIn(root)).filter((name) => name.includes('.tmp'));
      await sealKey({ folder: signerIn(root), passphrase });
      return [drafts.length > 0 && `left: ${drafts.join()}`, ...(await stillServes(root))];
    }
    return stillServes(root);
  },
};

const importing: CustodyOperation = {
  async prepare(root) {
    await signedPlace(join(root, 'elsewhere'));
    await exportKey({ folder: join(root, 'elsewhere'), out: join(root, 'key.jwk'), format: 'jwk' });
  },
  async run(root) {
    const file = join(root, 'key.jwk');
    const { publicKey } = await importKey({ folder: signerIn(root), file, filePassphrase: passphrase });
    await bind(signerIn(root), publicKey);
  },
  /** It never signs, because nobody knows its signatures elsewhere. */
  async faults(root) {
    const { outcome } = await startIn(signerIn(root));
    if (outcome === 'CUSTODY_KEY_MISSING') await this.run(root);
    else if (outcome === 'CUSTODY_KEY_UNBOUND') await bindAgain(signerIn(root));
    const again = await startIn(signerIn(root));
    return [again.outcome !== 'quarantined' && `it is ${outcome}, and done again ${again.outcome}`];
  },
};

const exporting: CustodyOperation = {
  prepare: (root) => signedPlace(signerIn(root)),
  run: (root) => exportKey({ folder: signerIn(root), out: join(root, 'key.jwk'), format: 'jwk' }),
  async faults(root, isDone) {
    const secret = Buffer.from(secretIn(signerIn(root)), 'hex').toString('base64url');
    const out = join(root, 'key.jwk');
    const isWhole = existsSync(out) && readFileSync(out, 'utf8').includes(secret);
    return [...(await stillServes(root)), isDone && !isWhole && 'the exported key is not whole'];
  },
};

export const OPERATIONS_ON_KEYS: Readonly<Record<string, CustodyOperation>> = {
  'making a key and binding it': makingAKey,
  'preparing the next key': preparingTheNextKey,
  'a rotation': rotation,
  'sealing a key': sealing,
  'putting a sealed key in the clear': unsealing,
  'importing a key': importing,
  'exporting a key': exporting,
};
