import { encodeBase64 } from '#libs/settings/base64.ts';
import { KEY_TABLE, type KeyEffect } from '#libs/settings/key-table.ts';
import { peerIdOf } from '#libs/settings/keys.ts';
import type { NodeConfiguration } from '#libs/settings/node-configuration.ts';

/** A key whose value in the file is not the one in force. */
export interface ChangedValue {
  readonly key: string;
  readonly effect: KeyEffect;
  readonly before: string;
  readonly after: string;
}

/** Keys of conf.yaml that differ from the values in force. */
export function changedKeys(
  inForce: readonly { readonly key: string; readonly value: string }[],
  file: NodeConfiguration,
): readonly ChangedValue[] {
  const values = new Map(inForce.map(({ key, value }) => [key, value]));
  return KEY_TABLE.flatMap(({ key, effect, text }) => {
    const [before, after] = [values.get(key) ?? '', text(file)];
    return before === after ? [] : [{ key, effect, before, after }];
  });
}

interface KnownPeer {
  readonly publicKey: Uint8Array;
  readonly addresses: readonly string[];
  readonly learned?: boolean;
}

export interface ChangedPeer {
  readonly change: 'added' | 'removed' | 'moved';
  readonly peerId: string;
}

/** Peers that a reload would add, remove or move. A learned peer that is not in the file yet is only not saved yet. */
export function changedPeers(
  inForce: readonly KnownPeer[],
  file: readonly KnownPeer[],
): readonly ChangedPeer[] {
  const before = new Map(inForce.map((peer) => [encodeBase64(peer.publicKey), peer]));
  const after = new Set(file.map(({ publicKey }) => encodeBase64(publicKey)));
  const changed = file.flatMap(({ publicKey, addresses }): ChangedPeer[] => {
    const known = before.get(encodeBase64(publicKey));
    if (known === undefined) return [{ change: 'added', peerId: peerIdOf(publicKey) }];
    const isSame = known.addresses.join('\n') === addresses.join('\n');
    return isSame ? [] : [{ change: 'moved', peerId: peerIdOf(publicKey) }];
  });
  const removed = inForce
    .filter(({ publicKey, learned }) => learned !== true && !after.has(encodeBase64(publicKey)))
    .map(({ publicKey }): ChangedPeer => ({ change: 'removed', peerId: peerIdOf(publicKey) }));
  return [...changed, ...removed];
}
