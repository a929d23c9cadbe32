import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { MemberTarget, TlsFiles } from '#services/launcher/adapters/member-client.ts';
import { ownTls } from '#services/launcher/adapters/own-certificate.ts';
import { DEFAULT_ADDRESS } from '#services/launcher/adapters/port-claims.ts';
import { readConfiguration } from '#services/launcher/adapters/read-home.ts';
import { memberPaths } from '#services/launcher/core/member-home.ts';
import { invalidInput } from '#services/launcher/words/errors.ts';
import { hostPort, readableFile } from './option-values.ts';

export interface TlsOptions {
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsName?: string;
}

/** The options of every command that talks to a member. */
export interface MemberOptions extends TlsOptions {
  readonly address?: string;
  readonly home?: string;
  readonly json?: boolean;
}

export function withMemberOptions(command: Command): Command {
  const placed = command
    .addOption(
      new Option(
        '-a, --address <host:port>',
        `client API of a member; without it and --home: ${DEFAULT_ADDRESS}`,
      )
        .env('BTCFED_ADDRESS')
        .argParser(hostPort),
    )
    .option(
      '--home <dir>',
      'home of a member: its conf.yaml names the address, and its certificate where clients come by TLS',
    )
    .hook('preAction', refuseTwoAddresses);
  return withTlsOptions(placed).option('--json', 'print one JSON object');
}

/** How a member that wants TLS is reached. */
export function withTlsOptions(command: Command): Command {
  return command
    .option('--tls-ca <file>', 'PEM of the authority that certified the member; turns TLS on', readableFile)
    .option('--tls-cert <file>', 'PEM of a client certificate: its key has a share of its own', readableFile)
    .option('--tls-key <file>', 'PEM of its key', readableFile)
    .option('--tls-name <name>', "name in the member's certificate, when the address is another");
}

/** The member to talk to: by --address, --home or BTCFED_ADDRESS, else the first of a local federation. */
export function targetOf(options: Omit<MemberOptions, 'json'>): MemberTarget {
  const { home, address = DEFAULT_ADDRESS } = options;
  if (home !== undefined) return targetInHome(home, tlsOf(options));
  const tls = tlsOf(options);
  return {
    address,
    ...(tls === undefined ? {} : { tls }),
  };
}

/** A home whose clients come by TLS has the certificate, so nobody has to name an authority. */
function targetInHome(home: string, named: TlsFiles | undefined): MemberTarget {
  const { services } = readConfiguration(memberPaths(home).conf);
  const own = services.clientTlsCert === '' ? undefined : resolve(home, services.clientTlsCert);
  const tls = named ?? (own === undefined ? undefined : ownTls(own));
  return { address: services.clientAddress, home, ...(tls === undefined ? {} : { tls }) };
}

/**
 * Refuses two options that name a member. The shell variable is no second one: it only replaces an option that is
 * missing.
 */
function refuseTwoAddresses(command: Command): void {
  if (command.getOptionValueSource('address') !== 'cli' || command.getOptionValue('home') === undefined)
    return;
  throw invalidInput('--address and --home both name a member: give one of them');
}

function tlsOf({ tlsCa, tlsCert, tlsKey, tlsName }: TlsOptions): TlsFiles | undefined {
  if (tlsCa === undefined) {
    if ((tlsCert ?? tlsKey ?? tlsName) === undefined) return undefined;
    throw invalidInput('TLS needs --tls-ca, the authority that certified the member');
  }
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw invalidInput('a client certificate needs both --tls-cert and --tls-key');
  }
  return {
    ca: tlsCa,
    ...(tlsCert === undefined ? {} : { certificate: tlsCert }),
    ...(tlsKey === undefined ? {} : { key: tlsKey }),
    ...(tlsName === undefined ? {} : { serverName: tlsName }),
  };
}

export function verifyOption(): Option {
  return new Option(
    '--verify <genesis>',
    'check every hash and signature against this genesis.json; exit code 1 if not',
  ).argParser(readableFile);
}
