import { KnownPins } from '../key/known-pins.ts';
import { beginRotation, finishRotation, type Succession } from '../record/succession.ts';
import { adminApiOf, signerApiOf } from './current-api.ts';
import { keyAtWork, type OpenCore, type OpenCoreOptions } from './key-at-work.ts';

/**
 * Opens key and record, and proves that they can sign. A rotation that a crash interrupted is finished first.
 * @throws CustodyError or CryptoError when it would not be safe or not possible to sign.
 */
export async function openCore(wanted: OpenCoreOptions): Promise<OpenCore> {
  const options = { pins: new KnownPins(), ...wanted };
  await finishRotation(options);
  const { onServing, log } = options;
  let current = await keyAtWork(options, rotate);
  let rotated: Promise<unknown> = Promise.resolve();
  function rotate(succession: Succession): Promise<void> {
    const rotating = replaced(succession);
    // A call that waits then meets a closed key, and the process ends.
    rotated = rotating.catch(() => undefined);
    return rotating;
  }
  async function replaced(succession: Succession): Promise<void> {
    await current.close();
    await beginRotation(options, succession);
    await finishRotation(options);
    current = await keyAtWork(options, rotate);
    log.info('the key was rotated: from this epoch on the new one signs', {
      epoch: succession.epoch.set.epoch,
    });
    onServing(current.isServing);
  }
  // The process may have ended after the epoch began and before the rotation began.
  await current.succeed();
  return {
    api: signerApiOf(() => rotated.then(() => current.api)),
    admin: adminApiOf(() => rotated.then(() => current.admin)),
    get isServing() {
      return current.isServing;
    },
    close: () => current.close(),
  };
}
