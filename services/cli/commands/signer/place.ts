import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { MemberTarget } from '#services/launcher/adapters/member-client.ts';
import { memberPaths } from '#services/launcher/core/member-home.ts';
import { invalidInput } from '#services/launcher/words/errors.ts';
import { type TlsOptions, targetOf } from '../member-options.ts';

export interface PlaceOptions {
  readonly home?: string;
  readonly folder?: string;
  readonly mirror?: string;
}

/** Adds the options that say where a signer keeps its files. */
export function withPlace(command: Command): Command {
  return command
    .option('--home <dir>', 'home of the member')
    .option('--folder <dir>', "or the signer's own folder, on a host of its own (SIGNER_CORE_FOLDER)")
    .addOption(
      new Option('--mirror <file>', 'mirror of the record, when it lies elsewhere').env('SIGNER_MIRROR_FILE'),
    );
}

/** The member file of a prepared key, in the home, unless another place is named. */
export function nextMemberFile(home: string): string {
  return join(resolve(home), 'member-next.json');
}

/** Admin socket of the signer, when an option or the home names it. */
export function socketOf({
  home,
  socket,
}: {
  readonly home?: string;
  readonly socket?: string;
}): string | undefined {
  if (socket !== undefined) return resolve(socket);
  return home === undefined ? undefined : memberPaths(resolve(home)).adminSocket;
}

/** @throws CliError unless it is exactly one of home and folder. */
export function placeOf({ home, folder, mirror }: PlaceOptions): {
  readonly folder: string;
  readonly mirror: string | undefined;
} {
  if ((home === undefined) === (folder === undefined)) throw invalidInput('give one of --home and --folder');
  const where = home === undefined ? resolve(folder ?? '') : memberPaths(resolve(home)).signerFolder;
  return { folder: where, mirror: mirror === undefined ? undefined : resolve(mirror) };
}

/** The member that a command may ask: at --address, else that of the home. */
export function memberTarget({
  home,
  address,
  folder: _,
  mirror: __,
  ...tls
}: PlaceOptions & TlsOptions & { readonly address?: string }): MemberTarget | undefined {
  if (address !== undefined) return targetOf({ ...tls, address });
  return home === undefined ? undefined : targetOf({ ...tls, home });
}
