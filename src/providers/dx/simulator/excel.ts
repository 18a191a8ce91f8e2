import { crc32 } from 'node:zlib';

type Cell = string | number | null;

/** A workbook with one sheet, its parts where spreadsheet programs put them. */
export function workbook(rows: readonly (readonly Cell[])[]): Buffer {
  const xml = (body: string): string => `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n${body}`;
  const office = 'http://schemas.openxmlformats.org';
  const sheetRows = rows
    .map((row, y) => `<row r="${y + 1}">${row.map((cell, x) => cellXml(cell, x, y)).join('')}</row>`)
    .join('');
  const types = `${office}/package/2006/content-types`;
  const packaged = 'application/vnd.openxmlformats-package.relationships+xml';
  const sheetml = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
  const relations = `${office}/officeDocument/2006/relationships`;
  const parts: Record<string, string> = {
    '[Content_Types].xml':
      `<Types xmlns="${types}"><Default Extension="rels" ContentType="${packaged}"/>` +
      `<Override PartName="/xl/workbook.xml" ContentType="${sheetml}.sheet.main+xml"/>` +
      `<Override PartName="/xl/worksheets/sheet1.xml" ContentType="${sheetml}.worksheet+xml"/></Types>`,
    '_rels/.rels': relation(office, 'officeDocument', 'xl/workbook.xml'),
    'xl/workbook.xml':
      `<workbook xmlns="${office}/spreadsheetml/2006/main" xmlns:r="${relations}">` +
      '<sheets><sheet name="Scores" sheetId="1" r:id="r1"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels': relation(office, 'worksheet', 'worksheets/sheet1.xml'),
    'xl/worksheets/sheet1.xml': `<worksheet xmlns="${office}/spreadsheetml/2006/main"><sheetData>${sheetRows}</sheetData></worksheet>`,
  };
  return zip(Object.entries(parts).map(([name, body]) => [name, Buffer.from(xml(body))]));
}

const relation = (office: string, type: string, target: string): string =>
  `<Relationships xmlns="${office}/package/2006/relationships">` +
  `<Relationship Id="r1" Type="${office}/officeDocument/2006/relationships/${type}" Target="${target}"/>` +
  '</Relationships>';

function cellXml(cell: Cell, x: number, y: number): string {
  const place = `${columnName(x)}${y + 1}`;
  if (cell === null) return `<c r="${place}"/>`;
  if (typeof cell === 'number') return `<c r="${place}"><v>${cell}</v></c>`;
  const escaped = cell.replace(/[<>&]/g, sign => `&#${sign.charCodeAt(0)};`);
  return `<c r="${place}" t="inlineStr"><is><t>${escaped}</t></is></c>`;
}

/** A to Z, AA, AB and so on. */
function columnName(x: number): string {
  const last = String.fromCharCode(65 + (x % 26));
  return x < 26 ? last : columnName(Math.floor(x / 26) - 1) + last;
}

/** An archive whose files are stored as they are. */
function zip(files: readonly (readonly [name: string, bytes: Buffer])[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, bytes] of files) {
    // Version 2.0, no flags, stored, midnight of 1 January 1980.
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(0x21, 8);
    facts.writeUInt32LE(crc32(bytes), 10);
    facts.writeUInt32LE(bytes.length, 14);
    facts.writeUInt32LE(bytes.length, 18);
    facts.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    const body = Buffer.concat([Buffer.from('PK\x03\x04'), facts, Buffer.from(name), bytes]);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), facts, place, Buffer.from(name)]));
    bodies.push(body);
    offset += body.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, ...directory, end]);
}
