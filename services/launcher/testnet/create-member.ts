import { checkedName } from '#libs/crypto/scheme.ts';
import { AppError } from '#libs/errors/app-error.ts';
import { encodeBase64 } from '#libs/settings/base64.ts';
import { type ConfTextValues, confYaml } from '#libs/settings/conf-text.ts';
import { parseConfYaml } from '#libs/settings/conf-yaml.ts';
import { IdentityKey } from '#libs/settings/keys.ts';
import { peerEntry } from '#libs/settings/peer-entry.ts';
import { provenAuditKey } from '#services/signer/ceremony/audit-proof.ts';
import type { CreateSignerKeyOptions } from '#services/signer/ceremony/init.ts';
import { isNewOrEmpty } from '../adapters/folders.ts';
import { type MemberFile, memberFileText } from '../adapters/member-file.ts';
import { memberPaths } from '../core/member-home.ts';
import { invalidInput } from '../words/errors.ts';
import type { PassphraseSource } from '../words/passphrase.ts';
import { makeMemberFolders, writeCertificates, writeSecret, writeSettings } from './write-member.ts';

/** Makes or takes the consensus key of a member. @returns its public key. */
export type MakeKey = (
  key: Pick<CreateSignerKeyOptions, 'folder' | 'scheme' | 'passphrase'>,
) => Promise<Uint8Array>;

export interface CreateMemberOptions {
  /** Absolute; new or empty. */
  readonly home: string;
  readonly name?: string;
  readonly scheme: string;
  /** Multiaddrs the gateway listens on. */
  readonly listen: readonly string[];
  /** Multiaddrs others reach it at; empty: where it listens, as far as others can use that. */
  readonly announce: readonly string[];
  readonly clientAddress: string;
  readonly signerAddress: string;
  readonly metricsAddress: string;
  readonly makeKey: MakeKey;
  /** Seals the consensus key; left out: it lies in the clear. */
  readonly passphrase?: PassphraseSource | undefined;
}

/** The form of a member's name in a genesis. */
const NAME = /^[a-z0-9][a-z0-9_-]{0,31}$/;

/** First step of a member's life: its keys and settings. It belongs to no chain yet. */
export async function createMember(options: CreateMemberOptions): Promise<MemberFile> {
  const { home, name, scheme, listen, makeKey, passphrase } = options;
  if (name === undefined || !NAME.test(name)) {
    const given = name === undefined ? '' : ` ${JSON.stringify(name)}`;
    throw invalidInput(
      `--name${given}: expected 1 to 32 of a-z, 0-9, "-" and "_", not beginning with a sign`,
    );
  }
  checkedName(scheme);
  const identity = IdentityKey.generate();
  checkSettings(options, identity);
  const addresses = announced(options, identity);
  if (!isNewOrEmpty(home))
    throw invalidInput(
      `--home ${home} is not empty; keys are never written over: name a new or empty folder`,
    );

  const paths = memberPaths(home);
  // First, and nothing before it: a token may refuse its key, and then the home is still empty for the next try.
  const consensusPublicKey = await makeKey({ folder: paths.signerFolder, scheme, passphrase });
  makeMemberFolders(paths);
  await writeCertificates(paths, name);
  const { clientAddress, signerAddress, metricsAddress } = options;
  const places = { networkAddresses: listen, clientAddress, signerAddress, metricsAddress };
  await writeSettings(paths, { identity, ...places, peers: [] });
  const gatewayPublicKey = identity.publicKey;
  const keys = [await provenAuditKey(paths.signerFolder, name)];
  const member = { name, scheme, consensusPublicKey, gatewayPublicKey, addresses, keys };
  await writeSecret(paths.memberFile, memberFileText(member));
  return member;
}

/** Refuses, before anything is written, options that the services would refuse later. */
function checkSettings(options: CreateMemberOptions, identity: IdentityKey): void {
  const { listen, clientAddress, signerAddress, metricsAddress } = options;
  const values = { privateKey: identity.secretBase64(), networkAddresses: listen };
  checkValues(`--listen ${listen.join(' ')}`, values);
  const addresses = { ...values, clientAddress, signerAddress, metricsAddress };
  const given = `--client-address ${clientAddress}, --signer-address ${signerAddress}, --metrics-address ${metricsAddress}`;
  checkValues(given, addresses);
}

/** @param options - The options that the values come from, as the person knows them. */
function checkValues(options: string, values: ConfTextValues): void {
  try {
    parseConfYaml(confYaml(values));
  } catch (cause) {
    if (cause instanceof AppError) throw invalidInput(`${options}: ${cause.message}`, cause);
    throw cause;
  }
}

/** Every interface, or a port that is not known yet: nothing that another host could dial. */
const NOWHERE = /^\/(ip4\/0\.0\.0\.0|ip6\/::)\/|\/tcp\/0$/;

/**
 * The addresses in member.json. Without one the other members could not use the file, and the keys would have to be
 * made anew.
 */
function announced({ listen, announce }: CreateMemberOptions, identity: IdentityKey): readonly string[] {
  const addresses = announce.length > 0 ? announce : listen.filter((address) => !NOWHERE.test(address));
  if (addresses.length === 0) {
    throw invalidInput(
      '--announce must say where others reach this member, such as /dns4/alice.example/tcp/9000 or /ip4/10.0.0.1/tcp/9000',
    );
  }
  const peer = peerEntry(encodeBase64(identity.publicKey), addresses);
  if (peer.kind !== 'peer') throw invalidInput(`--announce: ${peer.problem}`);
  return addresses;
}
