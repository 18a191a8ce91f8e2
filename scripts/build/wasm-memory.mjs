// The memory section of a WebAssembly module (https://webassembly.github.io/spec/core/binary/modules.html#memory-section):
// a module that names no maximum may take 4 GiB, and in a thread of an application no flag keeps it from that.
const memorySection = 5;

/** Reads an unsigned LEB128 number: its value, and where what follows it begins. */
function readNumber(bytes, at) {
  let [value, shift] = [0, 0];
  for (let next = at; ; next += 1) {
    const byte = bytes[next];
    value += (byte & 0x7f) * 2 ** shift;
    shift += 7;
    if (byte < 0x80) return [value, next + 1];
  }
}

function writeNumber(value) {
  const bytes = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return [...bytes, left];
    bytes.push((left % 128) | 0x80);
  }
}

/** Where the sections of a module are. */
function* sectionsOf(bytes) {
  for (let at = 8; at < bytes.length; ) {
    const [length, start] = readNumber(bytes, at + 1);
    yield { id: bytes[at], at, start, end: start + length };
    at = start + length;
  }
}

/** Pages of 64 KiB of a module with one memory: what it begins with, and the most that it may have. */
export function memoryOf(bytes) {
  const section = [...sectionsOf(bytes)].find(({ id }) => id === memorySection);
  if (!section) throw new Error('The module has no memory of its own.');
  const [count, flagsAt] = readNumber(bytes, section.start);
  const flags = bytes[flagsAt];
  if (count !== 1 || flags > 1) throw new Error('The module has another memory than one of 32 bits.');
  const [initial, next] = readNumber(bytes, flagsAt + 1);
  return { section, initial, most: flags === 1 ? readNumber(bytes, next)[0] : undefined };
}

/** The module with a maximum for its memory, in pages of 64 KiB. */
export function withBoundedMemory(bytes, most) {
  const { section, initial } = memoryOf(bytes);
  if (initial > most) throw new Error(`The module begins with ${initial} pages.`);
  const content = [1, 1, ...writeNumber(initial), ...writeNumber(most)];
  const bounded = Buffer.from([memorySection, ...writeNumber(content.length), ...content]);
  return Buffer.concat([bytes.subarray(0, section.at), bounded, bytes.subarray(section.end)]);
}
