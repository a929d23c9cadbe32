import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { DEFAULT_PROTOCOL } from '#libs/protocols/default-protocol.ts';
import { memberPaths } from '#services/launcher/core/member-home.ts';
import { invalidInput } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { describedFile } from '../../adapters/certificate-files.ts';
import { signerClients } from '../../adapters/signer-clients.ts';
import { action, type CommandContext } from '../context.ts';
import { readableFile } from '../option-values.ts';
import { reportMatrix } from './client-text.ts';

interface FileOptions {
  readonly home?: string;
  readonly file?: string;
  readonly json?: boolean;
}

interface AddOptions extends FileOptions {
  readonly cert?: string;
  readonly pin?: string;
  readonly protocol: string;
  readonly operations?: readonly string[];
}

type RemoveOptions = FileOptions & { readonly pin?: string };
type Matrix = ReturnType<typeof signerClients.read>;

const PIN = /^[0-9a-f]{64}$/;
const PINS_MAX = 2;
const NOTES = `
The matrix says who may ask the signer for what; what is not in it is refused. A running signer takes an edit over within a
second where it takes away; what gives more counts from the next start on. Rates are in the file, to be edited, and so
are the kinds of statements: "--operations sign" gives all of every protocol, "proposal", "vote" and "timeout" some of them.
The first client that is added to a home brings consensus with it, by the certificate in tls/consensus.crt.

Votes for changes of the members are let in by "--operations membership" alone: give that to a certificate of your own, and not to
that of consensus, whose host could then give the place of this member away.

Changing a key without an interruption: add its pin beside the old one, start the signer again at a quiet time, let the
client use the new key, remove the old pin.

Examples:
  $ btcfed signer client add consensus --home dave --cert dave/tls/consensus.crt
  $ btcfed signer client add operator --home dave --cert operator.pem --operations membership
  $ btcfed signer client add monitor --home dave --pin HEX --operations describe
  $ btcfed signer client remove consensus --home dave --pin OLD
  $ btcfed signer client list --home dave --json`;

/** The commands about the clients of a signer and their permissions. */
export function signerClientCommand(context: CommandContext): Command {
  const add = withFile(new Command('add'))
    .description('let a client in by its key, or add its next key')
    .argument('<name>', 'its name')
    .option('--cert <file>', 'its certificate, PEM', readableFile)
    .option('--pin <hex>', 'or SHA-256 of its public key ("btcfed pki show" prints it)')
    .option('--protocol <name>', 'protocol of the genesis', DEFAULT_PROTOCOL)
    .option('--operations <name...>', 'the operations that it may ask for; those of consensus when left out')
    .action(action(context, (name: string, options: AddOptions) => addClient(context, name, options)));
  const remove = withFile(new Command('remove'))
    .description('let a client in no more, or one of its keys')
    .argument('<name>')
    .option('--pin <hex>', 'this key alone')
    .action(action(context, (name: string, options: RemoveOptions) => removeClient(context, name, options)));
  const list = withFile(new Command('list'))
    .description('the operations that each client may ask for, and how often')
    .action(action(context, (options: FileOptions) => listClients(context, options)));
  return new Command('client')
    .description('the clients of the signer, and the operations that each may ask for')
    .addCommand(add)
    .addCommand(remove)
    .addCommand(list)
    .addHelpText('after', NOTES);
}

function withFile(command: Command): Command {
  return command
    .option('--home <dir>', 'home of the member')
    .option('--file <file>', 'or the file itself (SIGNER_EDGE_CLIENTS_FILE)')
    .option('--json', 'print one JSON object');
}

function fileOf({ home, file }: FileOptions): string {
  if ((home === undefined) === (file === undefined)) throw invalidInput('give one of --home and --file');
  return file === undefined ? memberPaths(resolve(home ?? '')).clients : resolve(file);
}

async function addClient(context: CommandContext, name: string, options: AddOptions): Promise<ExitCode> {
  const pin = pinOf(options);
  const path = fileOf(options);
  const matrix = signerClients.isThere(path)
    ? signerClients.read(path)
    : firstRows(context, name, path, options);
  const known = matrix.find((row) => row.name === name);
  if (known === undefined) {
    const grants = signerClients.grants(options.protocol, options.operations);
    return written(context, options, [...matrix, { name, pins: [pin], grants }]);
  }
  if (options.operations !== undefined)
    throw invalidInput(`${name} is there already: change its rules in ${path}`);
  const pins = [...new Set([...(known.pins ?? []), pin])];
  if (pins.length > PINS_MAX)
    throw invalidInput(`${name} has ${PINS_MAX} keys already: remove the old one first`);
  return written(context, options, changed(matrix, name, pins));
}

const CONSENSUS = 'consensus';

/**
 * The rows of a matrix before its first client. Without a matrix the certificate of consensus is let in, so a matrix
 * that does not name it would stop the member's votes at the next start.
 *
 * @throws CliError where that certificate is not known.
 */
function firstRows({ terminal }: CommandContext, name: string, path: string, options: AddOptions): Matrix {
  const { home, operations } = options;
  signerClients.read(path);
  if (name === CONSENSUS || operations === undefined) return [];
  const certificate = home && memberPaths(resolve(home)).tls.consensusCertificate;
  if (certificate === undefined || !existsSync(certificate)) {
    throw invalidInput(
      `there is no client matrix yet, and one without consensus locks it out: first "btcfed signer client add ${CONSENSUS}" with its certificate`,
    );
  }
  terminal.note(
    `the first client of a matrix: consensus is let in too, by ${certificate}, as it was without one`,
  );
  const pins = [describedFile(certificate).pin];
  return [{ name: CONSENSUS, pins, grants: signerClients.grants(options.protocol) }];
}

async function removeClient(
  context: CommandContext,
  name: string,
  options: RemoveOptions,
): Promise<ExitCode> {
  const matrix = signerClients.read(fileOf(options));
  const known = matrix.find((row) => row.name === name);
  if (known === undefined) throw invalidInput(`there is no client ${name}`);
  const { pin } = options;
  if (pin !== undefined && known.pins?.includes(pin) !== true)
    throw invalidInput(`${name} has no key ${pin}`);
  const pins = pin === undefined ? [] : (known.pins ?? []).filter((each) => each !== pin);
  return written(context, options, changed(matrix, name, pins));
}

async function listClients({ terminal }: CommandContext, options: FileOptions): Promise<ExitCode> {
  const file = fileOf(options);
  reportMatrix(terminal, { file, matrix: signerClients.read(file), json: options.json });
  return EXIT_CODES.ok;
}

/** The matrix with these keys for a client. A client without a key has no row. */
function changed(matrix: Matrix, name: string, pins: readonly string[]): Matrix {
  return matrix.flatMap((row) => (row.name !== name ? [row] : pins.length === 0 ? [] : [{ ...row, pins }]));
}

async function written(
  { terminal }: CommandContext,
  options: FileOptions,
  matrix: Matrix,
): Promise<ExitCode> {
  await signerClients.write(fileOf(options), matrix);
  reportMatrix(terminal, { file: fileOf(options), matrix, json: options.json });
  return EXIT_CODES.ok;
}

function pinOf({ cert, pin }: AddOptions): string {
  if ((cert === undefined) === (pin === undefined)) throw invalidInput('give one of --cert and --pin');
  if (pin !== undefined) {
    if (PIN.test(pin)) return pin;
    throw invalidInput('--pin: expected SHA-256 in lower-case hex');
  }
  return describedFile(cert ?? '').pin;
}
