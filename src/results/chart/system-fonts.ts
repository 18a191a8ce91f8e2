import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const folders: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ['/System/Library/Fonts', '/Library/Fonts'],
  win32: [join(process.env['SystemRoot'] ?? 'C:\\Windows', 'Fonts')],
};

/** Names of fonts that systems come with for other scripts than Latin, Greek and Cyrillic. */
const wide =
  /cjk|unicode|pingfang|hiragino|stheiti|msyh|msgothic|yugoth|meiryo|malgun|simsun|wqy|fallback|unifont|nirmala|leelaw|segoeui\.|tahoma\.|arial\.|sfarabic|sfhebrew|geeza|devanagari|thonburi|dejavusans\.|freesans\.|noto ?sans(arabic|hebrew|thai|armenian|georgian|devanagari|bengali|tamil|ethiopic)?-regular/i;

/** All of them have to be in memory at once. */
const mostBytes = 150_000_000;

/** Fonts of this system for writing that our own lacks. Looking for them takes a while. */
export function systemFonts(): Buffer[] {
  const found: Buffer[] = [];
  let left = mostBytes;
  for (const file of (folders[process.platform] ?? ['/usr/share/fonts', '/usr/local/share/fonts']).flatMap(fontFiles)) {
    const { size } = statSync(file);
    if (size > left) continue;
    left -= size;
    found.push(readFileSync(file));
  }
  return found;
}

function fontFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(name => /\.(ttf|otf|ttc)$/i.test(name) && wide.test(name))
      .map(name => join(folder, name));
  } catch {
    return []; // a system without fonts
  }
}
