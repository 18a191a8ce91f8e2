import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Signer } from '../base/signer.ts';
import type { Chain, ChainStep } from '../operations/chain.ts';
import { diskFault, ifMissing } from '../results/disk.ts';
import { digestOf } from './digest.ts';

/*
 * An operator's agreement to steps of a chain, in a file beside it. It is bound to what each step does: changed by a
 * letter, the step is asked about again. It is signed with the key of this user, so that a file that somebody sends
 * along agrees to nothing.
 */

const purpose = 'chain approval';

/** Where the agreement to a chain stands. */
export const approvalPath = (chainPath: string): string => `${chainPath}.approved`;

const digestOfStep = ({ operation, arguments: given = {} }: ChainStep): string => digestOf([operation, given]);

/** Agrees to every step of the chain. */
export async function approve({ name, steps }: Chain, path: string, signer: Signer): Promise<void> {
  const signatures = steps.map(step => signer.sign(purpose, digestOfStep(step)));
  const text = `${JSON.stringify({ chain: name, steps: signatures }, null, 2)}\n`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, text, { mode: 0o600 });
  } catch (error) {
    throw diskFault(error, path);
  }
}

/** Which steps somebody has agreed to. */
export async function approvals(path: string, signer: Signer): Promise<(step: ChainStep) => boolean> {
  const text = await readFile(path, 'utf8').catch(ifMissing(''));
  const signatures = signaturesIn(text);
  return step => signatures.some(signature => signer.verify(purpose, digestOfStep(step), signature));
}

function signaturesIn(text: string): string[] {
  try {
    const { steps } = JSON.parse(text) as { steps?: unknown };
    return Array.isArray(steps) ? steps.filter(one => typeof one === 'string') : [];
  } catch {
    return [];
  }
}
