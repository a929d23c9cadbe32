import { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { signerAuditCommand } from './audit.ts';
import { signerBackupCommand } from './backup.ts';
import { signerClientCommand } from './client.ts';
import { signerDoctorCommand } from './doctor.ts';
import { signerInitCommand } from './init.ts';
import { signerKeyCommand } from './key.ts';
import { signerKeygenCommand } from './keygen.ts';
import { signerRotateCommand } from './rotate.ts';
import { signerSealCommand, signerUnsealCommand } from './seal.ts';
import { signerSelftestCommand } from './selftest.ts';
import { signerStateCommand } from './state.ts';
import { signerStatusCommand } from './status.ts';
import { signerLockCommand, signerUnlockCommand } from './unlock.ts';

const EXAMPLES = `
Examples:
  $ btcfed signer status --home dave
  $ btcfed signer doctor --home dave
  $ btcfed signer unlock --home dave
  $ btcfed signer seal --home dave --new-passphrase-file passphrase
  $ btcfed signer state export --home dave --out history.json
  $ btcfed signer audit verify --home dave
  $ btcfed signer client list --home dave
  $ btcfed signer selftest --json
  $ btcfed signer selftest --scheme slh-dsa-sha2-256s`;

/** The commands about a signer, which keeps the key of a member. */
export function signerCommand(context: CommandContext): Command {
  return new Command('signer')
    .description(
      'look after the key of a member, the record of what it signed, and what its signer depends on',
    )
    .addCommand(signerStatusCommand(context))
    .addCommand(signerDoctorCommand(context))
    .addCommand(signerUnlockCommand(context))
    .addCommand(signerLockCommand(context))
    .addCommand(signerKeygenCommand(context))
    .addCommand(signerInitCommand(context))
    .addCommand(signerKeyCommand(context))
    .addCommand(signerRotateCommand(context))
    .addCommand(signerBackupCommand(context))
    .addCommand(signerSealCommand(context))
    .addCommand(signerUnsealCommand(context))
    .addCommand(signerStateCommand(context))
    .addCommand(signerAuditCommand(context))
    .addCommand(signerClientCommand(context))
    .addCommand(signerSelftestCommand(context))
    .addHelpText('after', EXAMPLES);
}
