import { chmodSync, mkdirSync } from 'node:fs';
import { writeFileAtomic } from '#libs/files/atomic-file.ts';
import { type CertificateRequest, createAuthority, issueCertificate } from '#libs/pki/pki.ts';
import { confYaml } from '#libs/settings/conf-text.ts';
import type { IdentityKey } from '#libs/settings/keys.ts';
import type { PeerEntry } from '#libs/settings/peer-entry.ts';
import { peersYaml } from '#libs/settings/peers-yaml.ts';
import type { MemberPaths } from '../core/member-home.ts';

const FOLDER_MODE = 0o700;
/** The mode of all files: the keys are secret, and the rest concerns nobody else. */
const FILE_MODE = 0o600;
/** Ten years: the certificates connect two processes of one member and are never shown to anybody else. */
const CERTIFICATE_DAYS = 3_650;
const LOOPBACK = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1', '::1'] } as const;

/** Makes the folders of a member. The home must be new or empty; missing parent folders are made too. */
export function makeMemberFolders(paths: MemberPaths): void {
  const folders = [paths.home, paths.tls.folder, paths.signerFolder, paths.consensusFolder];
  for (const folder of [...folders, paths.runFolder, paths.logsFolder]) {
    mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
    chmodSync(folder, FOLDER_MODE); // A mask of the shell may have taken bits, and a folder may have been there.
  }
}

/**
 * Certificates for the one connection that needs them, consensus to signer: one authority per member, whose key
 * is forgotten at once, so that nobody can ever issue a third certificate.
 */
export async function writeCertificates(
  paths: MemberPaths,
  member: string,
  life: Pick<CertificateRequest, 'days' | 'ageDays'> = { days: CERTIFICATE_DAYS },
): Promise<void> {
  const authority = createAuthority(`btcfed ${member}`, life.days);
  const request = { ...LOOPBACK, ...life };
  const signer = issueCertificate(authority, {
    ...request,
    commonName: 'signer',
    dnsNames: ['signer', ...LOOPBACK.dnsNames],
    usage: 'server',
  });
  const consensus = issueCertificate(authority, { ...request, commonName: 'consensus', usage: 'client' });
  const { tls } = paths;
  await writeSecret(tls.ca, authority.certificate);
  await writeSecret(tls.signerCertificate, signer.certificate);
  await writeSecret(tls.signerKey, signer.key);
  await writeSecret(tls.consensusCertificate, consensus.certificate);
  await writeSecret(tls.consensusKey, consensus.key);
}

export interface SettingsValues {
  readonly identity: IdentityKey;
  readonly networkAddresses: readonly string[];
  readonly clientAddress: string;
  readonly signerAddress: string;
  readonly metricsAddress: string;
  readonly natsUrl?: string;
  readonly peers: readonly PeerEntry[];
}

/** conf.yaml and peers.yaml. */
export async function writeSettings(paths: MemberPaths, values: SettingsValues): Promise<void> {
  const { identity, peers, ...rest } = values;
  const conf = confYaml({ ...rest, privateKey: identity.secretBase64() });
  await writeSecret(paths.conf, conf);
  await writeSecret(paths.peers, peersYaml(peers));
}

export async function writeGenesis(paths: MemberPaths, text: string): Promise<void> {
  await writeSecret(paths.genesis, text);
}

export async function writeSecret(path: string, text: string): Promise<void> {
  await writeFileAtomic(path, text, FILE_MODE);
}
